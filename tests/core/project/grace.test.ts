import { expect, test } from 'vitest';
import { goneAt, graceDays } from '../../../src/lib/core/project/grace.ts';

test('a deleted project is gone for good to the second, seven days later', () => {
	expect(graceDays).toBe(7);
	expect(goneAt(new Date('2026-11-28T09:30:00.123Z'))).toEqual(new Date('2026-12-05T09:30:00.123Z'));
});

test('and not an hour sooner where the clocks change', () => {
	expect(goneAt(new Date('2026-03-27T12:00:00Z'))).toEqual(new Date('2026-04-03T12:00:00Z'));
});
