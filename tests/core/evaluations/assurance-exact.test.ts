import { expect, test } from 'vitest';
import {
	assuranceOf,
	chanceAfter,
	chanceToShip,
	planProves,
	recognised,
	whatMoreGives
} from '../../../src/lib/core/evaluations/assurance.ts';
import { upperTail } from '../../../src/lib/core/math/binomial.ts';
import { decisionOf } from '../../../src/lib/core/evaluations/rules.ts';
import { scoresFrom } from '../../../src/lib/core/evaluations/scores.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';

// What is played through is drawn from a seed: the same on every machine, so a number is asked to its last digit.

const plan = (prompts: number, votes = 1, attempt = 1) => ({ prompts, votes, delta: 20, attempt });
const tally = (wins: number, losses: number, ties = 0): Tally => singleTally({ wins, losses, ties, bothBad: 0 });

test('of 12 prompts without ties 10 have to be won', () => {
	for (const rate of [0.5, 0.8, 1]) expect(chanceToShip(plan(12), rate, 0)).toBeCloseTo(upperTail(12, 10, rate), 12);
	const rate = recognised(plan(12), 0)!;
	expect(upperTail(12, 10, rate)).toBeGreaterThanOrEqual(0.8);
	expect(upperTail(12, 10, rate - 1 / 512)).toBeLessThan(0.8);
});

test('with ties a chance is that of each number of winners there may be', () => {
	// 12 or 13 of 13 decisive; of either 10 have to be won
	const exact = 0.9 ** 13 * upperTail(13, 11, 0.9) + 13 * 0.9 ** 12 * 0.1 * upperTail(12, 10, 0.9);
	expect(chanceToShip(plan(13), 0.9, 0.1)).toBeCloseTo(exact, 9);
	expect(chanceToShip(plan(40), 0.9, 1)).toBe(0);
});

test('what nothing is known of has every win rate from one half to 1 alike', () => {
	const rates = [13, 15, 17, 19, 21, 23].map((of24) => of24 / 24);
	const mean = rates.reduce((sum, rate) => sum + chanceToShip(plan(20), rate, 0.25), 0) / 6;
	expect(assuranceOf(plan(20))).toBeCloseTo(mean, 12);
});

test('two and three votes are played through 200 times', () => {
	expect(chanceToShip(plan(16, 2), 0.9, 0.25)).toBe(0.37);
	expect(chanceToShip(plan(16, 3), 0.8, 0.4)).toBe(0.285);
	expect(chanceToShip(plan(30, 3), 1, 0)).toBe(1);
});

/** Over all ways in which `more` prompts can end: what was seen, and one of each to begin with. */
const exactly = (wins: number, losses: number, ties: number, more: number): number => {
	const rising = (from: number, count: number) => {
		let sum = 0;
		for (let i = 0; i < count; i++) sum += Math.log((from + i) / (i + 1));
		return sum;
	};
	let chance = 0;
	for (let w = 0; w <= more; w++)
		for (let l = 0; w + l <= more; l++) {
			const t = more - w - l;
			const after = { ...tally(wins + w, losses + l, ties + t), continued: true };
			if (decisionOf(after) === null) continue;
			const ways = rising(wins + 1, w) + rising(losses + 1, l) + rising(ties + 1, t);
			chance += Math.exp(ways - rising(wins + losses + ties + 3, more));
		}
	return chance;
};

test.each([
	[8, 3, 0, 0.255],
	[9, 2, 1, 0.55],
	[0, 0, 0, 0.25],
	[3, 7, 2, 0.175]
])('20 more prompts after %i : %i with %i ties: %f, near what can be calculated', (wins, losses, ties, chance) => {
	expect(chanceAfter(tally(wins, losses, ties), 20)).toBe(chance);
	expect(Math.abs(exactly(wins, losses, ties, 20) - chance)).toBeLessThan(0.1);
});

test('after results were seen no plan comes to its end any more, however many are judged', () => {
	const t = tally(8, 3);
	expect(chanceAfter({ ...t, plan: { ...t.plan, prompts: 31 } }, 20)).toBe(0.255);
});

test('a score that nobody has given is no end of the world, whatever the votes a prompt', () => {
	const of = (votes: number, sums: number[]) => chanceAfter({ ...tally(0, 0), scores: scoresFrom(sums, votes) }, 20);
	expect(of(2, [2, 2, 2, 1, 0, 2, -1, 1])).toBe(0.73);
	expect(of(3, [3, 3, 1, 2, -1, 1, 3])).toBe(0.74);
});

test('more is looked at up to 2,000 prompts, and of 60 at most it is said that they give some chance', () => {
	const none = { chance: 0 };
	const even = (judged: number) => whatMoreGives(tally(judged / 2, judged / 2));
	expect(even(1982)).toEqual({ some: { more: 60, ...none }, likely: null });
	expect(even(1980)).toEqual({ some: { more: 20, ...none }, likely: null });
	expect(even(1960)).toEqual({ some: { more: 40, ...none }, likely: null });
	expect(even(1900)).toEqual({ some: { more: 60, ...none }, likely: null });
});

test('a verdict is likely from one half on', () => {
	expect(chanceAfter(tally(4, 0, 5), 20)).toBe(0.5);
	expect(whatMoreGives(tally(4, 0, 5)).likely).toBe(20);
	expect(whatMoreGives(tally(14, 6, 4))).toEqual({ some: { more: 40, chance: 0.435 }, likely: 60 });
	expect(whatMoreGives(tally(11, 3))).toEqual({ some: { more: 60, chance: 0 }, likely: 20 });
});

test('that many end without a winner is the reason only where there would be enough prompts, and more ties than usual', () => {
	const why = (prompts: number, ties: number) => /when (\d+) of 10/.exec(planProves(plan(prompts), ties).sentence)?.[1];
	expect([why(12, 0.3), why(40, 0.9)]).toEqual(['3', '9']);
	expect([why(11, 0.9), why(12, 0.25), why(66, 0.3)]).toEqual([undefined, undefined, undefined]);
	expect([planProves(plan(12), 0.25).possible, planProves(plan(66)).possible]).toEqual([false, true]);
});
