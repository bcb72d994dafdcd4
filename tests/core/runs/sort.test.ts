import { expect, test } from 'vitest';
import { type RunSort, newestFirst, sortRuns, tookMs } from '../../../src/lib/core/runs/sort.ts';

const at = (minutes: number) => new Date(minutes * 60_000);
const run = (version: number, costCents: number | null, finishedAt: Date | null) => ({
	version,
	status: finishedAt ? ('ready' as const) : ('training' as const),
	trainCount: 100 - version,
	costCents,
	createdAt: at(version),
	finishedAt
});
const all = [run(1, 30, at(21)), run(2, null, null), run(3, 10, at(8)), run(4, 20, at(34))];
const versions = (sort: RunSort, order: 'up' | 'down') => sortRuns(all, { sort, order }).map(({ version }) => version);

test('the newest first, unless another order is asked for', () => {
	expect(sortRuns(all, newestFirst).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
	expect(versions('version', 'up')).toEqual([1, 2, 3, 4]);
	expect(versions('train', 'up')).toEqual([4, 3, 2, 1]);
	expect(versions('status', 'down')).toEqual([2, 1, 3, 4]);
	expect(all.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
});

test('what has no value yet is last in both directions', () => {
	expect(versions('cost', 'up')).toEqual([3, 4, 1, 2]);
	expect(versions('cost', 'down')).toEqual([1, 4, 3, 2]);
	expect(versions('duration', 'up')).toEqual([3, 1, 4, 2]);
	expect(versions('duration', 'down')).toEqual([4, 1, 3, 2]);
});

test('how long a run took, once it is over', () => {
	expect(tookMs(all[0]!)).toBe(20 * 60_000);
	expect(tookMs(all[1]!)).toBeNull();
});
