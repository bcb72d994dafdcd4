import { expect, test } from 'vitest';
import {
	assuranceOf,
	chanceAfter,
	chanceToShip,
	planProves,
	recognised,
	whatMoreGives
} from '../../../src/lib/core/evaluations/assurance.ts';
import { offersOf } from '../../../src/lib/core/evaluations/plans.ts';
import { powerOf } from '../../../src/lib/core/evaluations/power.ts';
import { singleTally } from '../../../src/lib/core/evaluations/tally.ts';
import { chanceWords, rateWords } from '../../../src/lib/core/evaluations/words.ts';

const plan = (prompts: number, votes = 1, attempt = 1) => ({ prompts, votes, delta: 20, attempt });

test('without ties the chance is the power of so many decisive prompts, with ties it is less', () => {
	expect(chanceToShip(plan(40), 0.72, 0)).toBeCloseTo(powerOf({ pairs: 40, winRate: 0.72 }), 10);
	expect(chanceToShip(plan(40), 0.72, 0.25)).toBeLessThan(chanceToShip(plan(40), 0.72, 0));
	expect(chanceToShip(plan(40, 1, 2), 0.72, 0.25)).toBeLessThan(chanceToShip(plan(40), 0.72, 0.25));
});

test('the numbers of the readiness page: 20 prompts 58 %, 35 86 %, 47 95 % at 80 % wins and a quarter of ties', () => {
	expect(chanceToShip(plan(20), 0.8, 0.25)).toBeCloseTo(0.58, 2);
	expect(chanceToShip(plan(35), 0.8, 0.25)).toBeCloseTo(0.86, 2);
	expect(chanceToShip(plan(47), 0.8, 0.25)).toBeCloseTo(0.95, 2);
});

test('a plan says in words what it recognises', () => {
	expect(planProves(plan(66)).sentence).toBe(
		'With 66 prompts, a model that wins about 7 in 10 will usually be recognised as better.'
	);
	expect(planProves(plan(11)).sentence).toBe(
		'11 prompts can hardly give a verdict; 12 with a clear winner are the least.'
	);
	expect(planProves(plan(40), 0.9)).toEqual({
		possible: false,
		sentence:
			'40 prompts can hardly give a verdict when 9 of 10 end without a winner, as here so far; 12 with a clear winner are the least.'
	});
	expect(recognised(plan(11))).toBeNull();
	expect(recognised(plan(100))!).toBeLessThan(recognised(plan(50))!);
});

test('several votes are played through with the rule that is used, the same each time', () => {
	const chance = chanceToShip(plan(30, 3), 0.85, 0.25);
	expect(chance).toBeGreaterThan(0.3);
	expect(chanceToShip(plan(30, 3), 0.85, 0.25)).toBe(chance);
	expect(chanceToShip(plan(60, 3), 0.85, 0.25)).toBeGreaterThan(chance);
	expect(assuranceOf(plan(100))).toBeGreaterThan(assuranceOf(plan(30)));
});

test('what more prompts give is what was seen, averaged over what it leaves open', () => {
	const lead = singleTally({ wins: 14, losses: 6, ties: 4, bothBad: 0 });
	expect(chanceAfter(lead, 200)).toBeGreaterThan(chanceAfter(lead, 40));
	const { some, likely } = whatMoreGives(lead);
	expect(some.more).toBeLessThanOrEqual(60);
	expect(likely).toBeGreaterThan(20);
	const none = singleTally({ wins: 30, losses: 30, ties: 60, bothBad: 0 });
	expect(whatMoreGives(none).likely).toBeNull();
});

test('chances and rates in words are no better than they are', () => {
	expect([0.02, 0.05, 0.2, 0.33, 0.62, 0.99].map(chanceWords)).toEqual([
		'less than a 1 in 20',
		'about a 1 in 20',
		'about a 1 in 5',
		'about a 3 in 10',
		'about a 6 in 10',
		'more than a 9 in 10'
	]);
	expect([0.51, 0.67, 0.69, 0.8, 0.81, 1].map(rateWords)).toEqual([
		'about 11 in 20',
		'about 2 in 3',
		'about 7 in 10',
		'about 4 in 5',
		'about 17 in 20',
		'nearly every time'
	]);
});

test('two or three plans, none with more votes than people', () => {
	const about = { people: 3, ties: 0.25, attempt: 1, delta: 20 };
	expect(offersOf(80, about).map(({ id, plan: { prompts, votes } }) => [id, prompts, votes])).toEqual([
		['thorough', 80, 1],
		['short', 40, 1],
		['several', 27, 3]
	]);
	expect(offersOf(80, { ...about, people: 1 }).map(({ plan: { votes } }) => votes)).toEqual([1, 1]);
	expect(offersOf(20, about).map(({ id }) => id)).toEqual(['thorough']);
	expect(offersOf(400, about)[0]!.plan.prompts).toBe(150);
	expect(offersOf(80, about)[2]!.work).toBe('81 votes, about 27 each if 3 take part');
});
