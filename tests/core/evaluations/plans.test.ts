import { expect, test } from 'vitest';
import { assuranceOf, planProves } from '../../../src/lib/core/evaluations/assurance.ts';
import { offersOf } from '../../../src/lib/core/evaluations/plans.ts';

const about = { people: 1, ties: 0.25, attempt: 2, delta: 15 };
const sizes = (available: number, people = 1) =>
	offersOf(available, { ...about, people }).map(({ id, plan }) => [id, plan.prompts, plan.votes]);

test('a plan carries what was asked for, and what it proves', () => {
	const [only] = offersOf(24, about);
	const plan = { prompts: 24, votes: 1, delta: 15, attempt: 2 };
	expect(only).toMatchObject({ id: 'thorough', plan, work: '24 votes' });
	expect(only!.sentence).toBe(planProves(plan, 0.25).sentence);
	expect(only!.chance).toBe(assuranceOf(plan, 0.25));
});

test('a short one is half of the prompts, at least 24, and fewer than all', () => {
	expect(sizes(24)).toEqual([['thorough', 24, 1]]);
	expect(sizes(25)).toEqual([
		['thorough', 25, 1],
		['short', 24, 1]
	]);
	expect(sizes(61)[1]).toEqual(['short', 31, 1]);
});

test('no plan has more than 150 prompts, and the first says whether that is every one', () => {
	const titleOf = (available: number) => offersOf(available, about)[0]!.title;
	expect(sizes(151)[0]).toEqual(['thorough', 150, 1]);
	expect(titleOf(151)).toMatch(/^150 prompts/);
	expect(titleOf(150)).toMatch(/^Every prompt/);
});

test('several votes on each are offered from 12 prompts on, to as many people as there are, up to three', () => {
	expect(sizes(22, 2)).toEqual([['thorough', 22, 1]]);
	expect(sizes(23, 2)).toEqual([
		['thorough', 23, 1],
		['several', 12, 2]
	]);
	expect(offersOf(23, { ...about, people: 2 })[1]!.title).toMatch(/^Two people/);
});

test('more than three people still judge no prompt more than three times, and share the work', () => {
	const [, , several] = offersOf(36, { ...about, people: 5 });
	expect(several).toMatchObject({ plan: { prompts: 12, votes: 3 }, work: '36 votes, about 8 each if 5 take part' });
	expect(several!.title).toMatch(/^Three people/);
	expect(offersOf(12, { ...about, people: 0 }).map(({ work }) => work)).toEqual(['12 votes']);
});
