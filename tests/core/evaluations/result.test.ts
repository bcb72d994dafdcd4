import { expect, test } from 'vitest';
import { resultOf } from '../../../src/lib/core/evaluations/result.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';

test('a list says who won against whom, how often, and what that allows to be said', () => {
	const counts = { wins: 18, losses: 6, ties: 3, bothBad: 1 };
	const verdict = judge({ ...counts, planned: 28, leaked: 0, positionFirst: 12 });
	const { interval, ...result } = resultOf(verdict, counts, { a: 'v2', b: 'base' });
	expect(result).toEqual({
		version: 'v2',
		against: 'base',
		kind: 'ship-it',
		title: 'SHIP IT',
		winRate: 0.75,
		...counts
	});
	expect(interval!.map((end) => end.toFixed(3))).toEqual(['0.551', '0.880']);
});

test('without a decisive vote it has neither a rate nor an interval', () => {
	const counts = { wins: 0, losses: 0, ties: 2, bothBad: 0 };
	const verdict = judge({ ...counts, planned: 2, leaked: 0, positionFirst: 0 });
	expect(resultOf(verdict, counts, { a: 'v2', b: 'v1' })).toMatchObject({
		against: 'v1',
		kind: 'need-more-data',
		winRate: null,
		interval: null,
		ties: 2
	});
});
