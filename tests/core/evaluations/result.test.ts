import { expect, test } from 'vitest';
import { resultOf } from '../../../src/lib/core/evaluations/result.ts';
import { singleTally } from '../../../src/lib/core/evaluations/tally.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';

test('what is kept is the verdict and its counts, with the names of the two', () => {
	const tally = singleTally({ wins: 18, losses: 6, ties: 14, bothBad: 2 });
	const names = { a: 'v2', b: 'base' };
	const verdict = judge(tally, names);
	expect(resultOf(verdict, tally, names)).toEqual({
		version: 'v2',
		against: 'base',
		kind: 'ship-it',
		title: 'SHIP IT',
		netPreference: 0.3,
		interval: verdict.interval,
		winRate: 0.75,
		winInterval: verdict.winInterval,
		wins: 18,
		losses: 6,
		ties: 14,
		bothBad: 2
	});
});
