import { expect, test } from 'vitest';
import { countOutcomes, countsOf, decisiveOf, judgedOf, singleTally } from '../../../src/lib/core/evaluations/tally.ts';

test('a tally of single votes tells its counts back', () => {
	const tally = singleTally({ wins: 18, losses: 6, ties: 12, bothBad: 4 });
	expect(countsOf(tally)).toEqual({ wins: 18, losses: 6, ties: 12, bothBad: 4 });
	expect([decisiveOf(tally), judgedOf(tally), tally.plan.prompts]).toEqual([24, 40, 40]);
	expect(singleTally({ wins: 1, losses: 0, ties: 0, bothBad: 0 }, { planned: 40 }).plan.prompts).toBe(40);
});

test('what is not judged yet is in no count', () => {
	expect(countOutcomes(['a', 'b', null, 'a', 'tie', 'both_bad'])).toEqual({ wins: 2, losses: 1, ties: 1, bothBad: 1 });
});
