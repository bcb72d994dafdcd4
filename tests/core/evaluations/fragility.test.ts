import { expect, test } from 'vitest';
import { fragilityOf } from '../../../src/lib/core/evaluations/fragility.ts';
import { blockedBy, decisionOf } from '../../../src/lib/core/evaluations/rules.ts';
import { scoresFrom } from '../../../src/lib/core/evaluations/scores.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';

const of = (sums: readonly number[], votes: number, bothBad = 0): Tally => ({
	...singleTally({ wins: 0, losses: 0, ties: 0, bothBad: 0 }, { planned: sums.length }),
	scores: scoresFrom(sums, votes),
	bothBad
});
const some = (count: number, sum: number) => new Array<number>(count).fill(sum);

/** Prompt by prompt: the clearest first, to no difference, to both bad, or to the other side. */
const oneByOne = (sums: readonly number[], votes: number, bothBad: number): number => {
	const kind = decisionOf(of(sums, votes, bothBad));
	const from = kind === 'ship-it' ? 1 : -1;
	const clearest = sums.toSorted((one, two) => from * (two - one));
	for (let most = 1; ; most++) {
		const to = (sum: number) => clearest.map((each, i) => (i < most ? sum : each));
		const turned = [of(to(0), votes, bothBad), of(to(0), votes, bothBad + most), of(to(-from * votes), votes, bothBad)];
		if (turned.some((t) => blockedBy(t) !== null || decisionOf(t) !== kind)) return most;
	}
};

test.each<[string, number[], number, number]>([
	['18 : 6', [...some(18, 1), ...some(6, -1)], 1, 0],
	['60 : 20', [...some(60, 1), ...some(20, -1)], 1, 0],
	['40 : 2 with 9 both bad', [...some(40, 1), ...some(2, -1), ...some(9, 0)], 1, 9],
	['two votes', [...some(20, 2), ...some(6, 1), ...some(4, -1), ...some(3, -2)], 2, 0],
	['three votes', [...some(4, 3), ...some(3, 2), ...some(25, 1), ...some(5, -1), ...some(2, -3)], 3, 0]
])('%s falls with as many prompts as when they are turned one by one, on either side', (_, sums, votes, bothBad) => {
	expect(fragilityOf(of(sums, votes, bothBad))).toBe(oneByOne(sums, votes, bothBad));
	const mirrored = sums.map((sum) => -sum);
	expect(fragilityOf(of(mirrored, votes, bothBad))).toBe(oneByOne(mirrored, votes, bothBad));
});

test('only SHIP IT and DON’T SHIP can fall', () => {
	expect(fragilityOf(of([...some(9, 1), ...some(6, -1)], 1))).toBeNull();
	expect(fragilityOf(of([], 1))).toBeNull();
});
