import { expect, test } from 'vitest';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';
import { attemptSentence, type Names, verdictSentence } from '../../../src/lib/core/evaluations/verdict-sentence.ts';
import type { VerdictKind } from '../../../src/lib/core/evaluations/rules.ts';

const names: Names = { a: 'v3', b: 'base' };
const tally = (wins: number, losses: number, ties = 0, more: Partial<Tally> = {}): Tally => ({
	...singleTally({ wins, losses, ties, bothBad: 0 }),
	...more
});
const said = (kind: VerdictKind, t: Tally, more: Partial<Names> = {}) =>
	verdictSentence(kind, t, { ...names, ...more });

test('one prompt in training, one answer cut off', () => {
	expect(said('blocked', tally(9, 0, 0, { leaked: 1 }))).toMatch(/: 1 of its prompts was /);
	expect(said('blocked', tally(9, 0, 0, { broken: { a: 0, b: 1 } }))).toMatch(/: 1 of .* of base was .* 0 of /);
	expect(said('blocked', tally(9, 0, 0, { broken: { a: 5, b: 2 } }))).toMatch(/: 5 of .* of v3 were .* 2 of /);
});

test('whose eyes it was is said where it is known', () => {
	for (const kind of ['ship-it', 'dont-ship'] as const) {
		expect(said(kind, tally(14, 2))).not.toMatch(/eyes/);
		expect(said(kind, tally(14, 2), { people: ['Ana'] })).toMatch(/Ana’s eyes/);
	}
});

test('a gain is less than asked for only where its whole interval is', () => {
	const asked = (delta: number) =>
		said('ship-it', tally(0, 0, 40, { plan: { prompts: 40, votes: 1, delta, attempt: 1 } }));
	expect(asked(20)).toMatch(/less than the 20 you asked for/);
	expect(asked(5)).not.toMatch(/asked for/);
});

test('what more prompts would do: 20 are likely to decide, some chance and then likely, or very many', () => {
	expect(said('promising', tally(11, 3))).toMatch(/With 20 more prompts a verdict is likely\.$/);
	expect(said('promising', tally(12, 5))).toMatch(
		/With 20 more prompts there is .* chance .*; 40 more would make it likely\.$/
	);
	// with 1,981 prompts there is no room for twenty more
	expect(said('promising', tally(991, 990))).toMatch(
		/With 60 more prompts there is less than .*; a difference this small takes very many\.$/
	);
});

test('all skipped is said of all, and of nothing else', () => {
	const allSkipped = /^All \d+ prompts were skipped/;
	const none = (skipped: number, prompts: number) =>
		said('need-more-data', tally(0, 0, 0, { skipped, plan: { prompts, votes: 1, delta: 20, attempt: 1 } }));
	expect(none(5, 5)).toMatch(/^All 5 prompts were skipped/);
	expect(none(4, 5)).toMatch(/^Nothing is judged yet/);
	expect(none(0, 0)).toMatch(/^Nothing is judged yet/);
	expect(none(0, 5)).toMatch(/^Nothing is judged yet/);
	const half = tally(1, 0, 0, { skipped: 3, plan: { prompts: 3, votes: 1, delta: 20, attempt: 1 } });
	expect(said('need-more-data', half)).not.toMatch(allSkipped);
});

test('the minimum is 12 to ship and 8 to say worse, and the same number on both sides is not behind', () => {
	const of = (wins: number, losses: number, ties = 0) => said('need-more-data', tally(wins, losses, ties));
	expect(of(0, 0, 3)).toMatch(/^No prompt with a clear winner; 12 /);
	expect(of(1, 0)).toMatch(/^Only 1 prompt with a clear winner; 12 /);
	expect(of(4, 4)).toMatch(/^Only 8 prompts with a clear winner; 12 /);
	expect(of(6, 5)).toMatch(/^Only 11 .*; 12 /);
	expect(of(3, 4)).toMatch(/^Only 7 .*, 3–4; 8 /);
	expect(of(3, 5)).toMatch(/^Behind 3–5/);
	expect(of(7, 5)).toMatch(/^Leading 7–5/);
	expect(of(6, 6)).toMatch(/^6–6: no lead/);
});

test.each([
	[2, '2nd'],
	[3, '3rd'],
	[4, '4th'],
	[10, '10th'],
	[11, '11th'],
	[12, '12th'],
	[13, '13th'],
	[14, '14th'],
	[21, '21st'],
	[23, '23rd'],
	[111, '111th'],
	[122, '122nd']
])('comparison %i is the %s', (attempt, words) => {
	expect(attemptSentence(attempt, names).split(' ')[0]).toBe(words);
});

test('what earlier comparisons said, and how high that makes the bar', () => {
	expect(attemptSentence(1, names)).not.toMatch(/bar/);
	const of = (title: string | null) => attemptSentence(2, { ...names, earlier: [title] });
	expect(of('SHIP IT')).toMatch(/the 1st said SHIP IT: the bar is 4 times .*0\.0125/);
	expect(of("DON'T SHIP")).toMatch(/the 1st said DON'T SHIP:/);
	expect(of('BLOCKED')).toMatch(/the 1st gave no verdict:/);
	expect(of(null)).toMatch(/the 1st was not revealed:/);
});
