import { expect, test } from 'vitest';
import { evidence, signTest, wilson } from '../../../src/lib/core/math/binomial.ts';
import {
	decisiveVotesFor,
	detectableWinRate,
	isSettled,
	powerOf,
	powerSentence,
	smallestWins
} from '../../../src/lib/core/evaluations/power.ts';

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
])('a true win rate of %f needs %i decisive votes', (winRate, votes) => {
	expect(decisiveVotesFor(winRate)).toBe(votes);
	expect(powerOf({ pairs: votes, winRate })).toBeGreaterThanOrEqual(0.8);
});

test('a number is the first of ten in a row with 80 % power, from 12 on', () => {
	for (let percent = 57; percent <= 99; percent += 3) {
		const winRate = percent / 100;
		let good = 0;
		let pairs = 11;
		while (good < 10) good = powerOf({ pairs: ++pairs, winRate }) >= 0.8 ? good + 1 : 0;
		expect(decisiveVotesFor(winRate)).toBe(pairs - 9);
	}
});

test('an interval that begins exactly at one half is not above it', () => {
	expect(wilson(337, 625)![0]).toBe(0.5); // 1.96 × 25 is 49, so 49 more wins than losses
	expect(smallestWins(625, 'wilson')).toBe(338);
});

test('without a lead no number of votes is enough, and a hair of one needs more than anybody casts', () => {
	for (const rate of [0, 0.3, 0.5, 0.505]) expect(decisiveVotesFor(rate)).toBeNull();
	expect(decisiveVotesFor(0.51995)).toBe(4998);
	expect(decisiveVotesFor(1)).toBe(12);
});

test('40 comparisons find a true 72 % in about 80 of 100 evaluations', () => {
	expect(powerOf({ pairs: 40, winRate: 0.72 })).toBeGreaterThan(0.79);
	expect(powerOf({ pairs: 40, winRate: 0.72 })).toBeLessThan(0.8);
	expect(detectableWinRate(40)).toBeCloseTo(0.72, 2);
	expect(powerSentence(40)).toBe('40 comparisons: 80 % chance to detect a true 72 % win rate.');
});

test('the detectable win rate is the one with 80 % power', () => {
	for (let pairs = 12; pairs <= 300; pairs++) {
		expect(powerOf({ pairs, winRate: detectableWinRate(pairs)! })).toBeCloseTo(0.8, 6);
	}
});

test('below 12 there is no verdict to have power for', () => {
	expect(powerOf({ pairs: 11, winRate: 0.99 })).toBe(0);
	expect(detectableWinRate(11)).toBeNull();
	expect(powerSentence(11)).toBe('11 comparisons cannot give a verdict; 12 is the minimum.');
});

test('a plan that was exceeded is not a plan: only strong evidence settles it', () => {
	const tally = { wins: 18, losses: 6, ties: 0, bothBad: 0, leaked: 0, positionFirst: 12 };
	expect(isSettled({ ...tally, planned: 24 })).toBe(true);
	expect(isSettled({ ...tally, wins: 17, losses: 7, planned: 20 })).toBe(false);
	expect(isSettled({ ...tally, wins: 21, losses: 3, planned: 20 })).toBe(true);
	expect(isSettled({ ...tally, wins: 7, losses: 0, planned: 40 })).toBe(false);
	expect(isSettled({ ...tally, wins: 0, losses: 8, planned: 40 })).toBe(true);
});
