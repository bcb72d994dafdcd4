import { expect, test } from 'vitest';
import { signTest, wilson } from '../../../src/lib/core/math/binomial.ts';
import { logEvidence } from '../../../src/lib/core/evaluations/evidence.ts';
import { detectableWinRate, powerOf, rateFor, smallestWins } from '../../../src/lib/core/evaluations/power.ts';
import { singleVotes } from '../../../src/lib/core/evaluations/scores.ts';

const evidence = (wins: number, losses: number) => Math.exp(logEvidence(singleVotes(wins, losses)));

const sizes = [6, 8, 10, 12, 15, 20, 30, 50, 100, 200];

test('the fewest wins for significance, both rows of the table', () => {
	expect(sizes.map((d) => smallestWins(d, 'sign'))).toEqual([6, 8, 9, 10, 12, 15, 21, 33, 61, 115]);
	expect(sizes.map((d) => smallestWins(d, 'wilson'))).toEqual([6, 7, 9, 10, 12, 15, 21, 32, 60, 114]);
});

test('five votes or fewer are never significant, not even all of them', () => {
	for (const d of [0, 1, 2, 3, 4, 5]) expect(smallestWins(d)).toBeNull();
	expect(smallestWins(0, 'wilson')).toBeNull();
});

test('the fewest wins that may stop early', () => {
	expect([8, 12, 20, 30, 50, 100].map((d) => smallestWins(d, 'early'))).toEqual([8, 11, 17, 24, 36, 66]);
	expect([6, 7].map((d) => smallestWins(d, 'early'))).toEqual([null, null]);
});

test('one win fewer is never enough, at any size', () => {
	for (let d = 6; d <= 300; d++) {
		const [sign, interval, early] = [smallestWins(d, 'sign')!, smallestWins(d, 'wilson')!, smallestWins(d, 'early')];
		expect(signTest(sign, d - sign)).toBeLessThan(0.05);
		expect(signTest(sign - 1, d - sign + 1)).toBeGreaterThanOrEqual(0.05);
		expect(wilson(interval, d)![0]).toBeGreaterThan(0.5);
		expect(wilson(interval - 1, d)![0]).toBeLessThanOrEqual(0.5);
		if (early === null) continue;
		expect(evidence(early, d - early)).toBeGreaterThanOrEqual(20);
		expect(evidence(early - 1, d - early + 1)).toBeLessThan(20);
	}
});

test.each([
	[0.9, 12],
	[0.85, 17],
	[0.8, 23],
	[0.75, 35],
	[0.7, 54],
	[0.65, 97],
	[0.6, 210],
	[0.55, 807]
])('a true win rate of %f is proven by %i decisive prompts', (winRate, pairs) => {
	expect(powerOf({ pairs, winRate })).toBeGreaterThanOrEqual(0.8);
	if (pairs > 12) expect(powerOf({ pairs: pairs - 1, winRate })).toBeLessThan(0.8);
});

test('an interval that begins exactly at one half is not above it', () => {
	expect(wilson(337, 625)![0]).toBe(0.5); // 1.96 × 25 is 49, so 49 more wins than losses
	expect(smallestWins(625, 'wilson')).toBe(338);
});

test('the second comparison needs p < .0125, or E of 80', () => {
	expect(smallestWins(24, 'sign', 1)).toBe(18);
	expect(smallestWins(24, 'sign', 2)).toBe(19);
	expect(signTest(18, 6)).toBeGreaterThan(0.0125);
	expect(signTest(19, 5)).toBeLessThan(0.0125);
	expect(evidence(smallestWins(24, 'early', 2)!, 24 - smallestWins(24, 'early', 2)!)).toBeGreaterThanOrEqual(80);
});

test('the detectable win rate is the one with 80 % power', () => {
	for (let pairs = 12; pairs <= 300; pairs++) {
		expect(powerOf({ pairs, winRate: detectableWinRate(pairs)! })).toBeCloseTo(0.8, 6);
	}
});

test('below 12 there is no verdict to have power for', () => {
	expect(powerOf({ pairs: 11, winRate: 0.99 })).toBe(0);
	expect(detectableWinRate(11)).toBeNull();
});

test('a chance of exactly 80 % is enough, and is looked for in as many halvings as asked', () => {
	expect(rateFor(() => 0.8, 3)).toBe(0.5625);
	expect(rateFor(() => 0.79, 3)).toBeNull();
});
