import { expect, test } from 'vitest';
import { newestFirst, tookMs } from '../../../src/lib/core/runs/sort.ts';

test('how long a run took, once it is over', () => {
	const createdAt = new Date(60_000);
	expect(tookMs({ createdAt, finishedAt: new Date(21 * 60_000) })).toBe(20 * 60_000);
	expect(tookMs({ createdAt, finishedAt: null })).toBeNull();
});

test('of a list that nobody has sorted the highest version comes first', () => {
	expect(newestFirst).toEqual({ sort: 'version', order: 'down' });
});
