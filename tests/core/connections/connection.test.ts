import { expect, test } from 'vitest';
import { keyHint } from '../../../src/lib/core/connections/connection.ts';

test('the hint of a key is its end, unless that would be too much of it', () => {
	expect(keyHint('sk-1234567890abcd')).toBe('abcd');
	expect(keyHint('12345678901')).toBe('');
});
