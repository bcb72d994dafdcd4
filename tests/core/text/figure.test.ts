import { expect, test } from 'vitest';
import { figure } from '../../../src/lib/core/text/figure.ts';

test.each([0, 7, 999, 1000, 12345, 123456, 1234567, 1_000_000_000, -1, -1234])('%d as people read it', (n) => {
	expect(figure(n)).toBe(n.toLocaleString('en'));
});
