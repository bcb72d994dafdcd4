import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
	balancedSides,
	namesAModel,
	NewEvaluation,
	NewVote,
	orderOf,
	resolve
} from '../../../src/lib/core/evaluations/ballots.ts';

const run = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
const other = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5b';
const problem = (schema: typeof NewEvaluation | typeof NewVote, input: unknown) => {
	const issue = v.safeParse(schema, input).issues?.[0];
	return issue && `${v.getDotPath(issue)}: ${issue.message}`;
};

test('an evaluation is set up from a form or from JSON', () => {
	const full = { runId: run, against: 'base', pairs: 40, temperature: 0, maxTokens: 512 };
	expect(v.parse(NewEvaluation, { runId: run, against: 'base', pairs: '40' })).toEqual(full);
	expect(v.parse(NewEvaluation, { ...full, temperature: '0.7', maxTokens: '64', name: ' Spring ' })).toMatchObject({
		temperature: 0.7,
		maxTokens: 64,
		name: 'Spring'
	});
	expect(v.parse(NewEvaluation, { ...full, against: other }).against).toBe(other);
});

test('what is wrong is said under its field', () => {
	const good = { runId: run, against: 'base', pairs: 40 };
	expect(problem(NewEvaluation, { ...good, against: run })).toMatch(/^against: .*itself/);
	expect(problem(NewEvaluation, { ...good, against: 'gpt' })).toMatch(/^against: /);
	expect(problem(NewEvaluation, { ...good, pairs: '12.5' })).toMatch(/^pairs: .* whole number/);
	expect(problem(NewEvaluation, { ...good, pairs: 0 })).toMatch(/^pairs: .* at least 1/);
	expect(problem(NewEvaluation, { ...good, temperature: 2.1 })).toMatch(/^temperature: .* at most 2/);
	expect(problem(NewEvaluation, { ...good, maxTokens: 15 })).toMatch(/^maxTokens: .* at least 16/);
	expect(problem(NewEvaluation, { ...good, runId: undefined })).toMatch(/^runId: /);
});

test('a vote names a place on the screen, or takes the earlier one back', () => {
	const vote = { ballotId: run, choice: 'first', clientId: other };
	for (const choice of ['first', 'tie', 'second', 'both_bad', null]) {
		expect(v.parse(NewVote, { ...vote, choice }).choice).toBe(choice);
	}
	for (const choice of ['a', 'b', 'base', '', undefined])
		expect(problem(NewVote, { ...vote, choice })).toMatch(/^choice: /);
});

test('a choice means the same contender whichever side it stood on', () => {
	expect(['first', 'second', 'tie', 'both_bad'].map((choice) => resolve(choice as 'first', false))).toEqual([
		'a',
		'b',
		'tie',
		'both_bad'
	]);
	expect(['first', 'second', 'tie', 'both_bad'].map((choice) => resolve(choice as 'first', true))).toEqual([
		'b',
		'a',
		'tie',
		'both_bad'
	]);
});

test('in every block exactly half are swapped, for any number of ballots and any rater', () => {
	fc.assert(
		fc.property(fc.string(), fc.nat(400), (seed, count) => {
			const sides = balancedSides({ seed, count });
			expect(sides).toHaveLength(count);
			const swapped = (from: number, to: number) => sides.slice(from, to).filter(Boolean).length;
			const whole = count - (count % 4);
			for (let i = 0; i < whole; i += 4) expect(swapped(i, i + 4)).toBe(2);
			const rest = (count % 4) / 2;
			expect([Math.floor(rest), Math.ceil(rest)]).toContain(swapped(whole, count));
			if (count % 2 === 0) expect(swapped(0, count)).toBe(count / 2);
		})
	);
});

test('sides repeat with their seed, differ between raters, and no place is more often swapped than another', () => {
	const of = (seed: string) => balancedSides({ seed, count: 40 });
	expect(of('evaluation:ana')).toEqual(of('evaluation:ana'));
	expect(of('evaluation:ana')).not.toEqual(of('evaluation:ben'));
	const raters = 4000;
	const totals = new Array<number>(7).fill(0);
	for (let rater = 0; rater < raters; rater++) {
		balancedSides({ seed: `rater ${rater}`, count: 7 }).forEach((isSwapped, i) => (totals[i]! += Number(isSwapped)));
	}
	for (const total of totals) expect(Math.abs(total - raters / 2)).toBeLessThan(160); // five standard deviations
});

test('an order depends on ids and seed, not on how the ids came', () => {
	const ids = Array.from({ length: 60 }, (_, i) => `id-${i}`);
	expect(orderOf([...ids].reverse(), 'x')).toEqual(orderOf(ids, 'x'));
	expect(orderOf(ids, 'x')).not.toEqual(orderOf(ids, 'y'));
	expect(orderOf(ids, 'x')).not.toEqual(ids);
	expect([...orderOf(ids, 'x')].sort()).toEqual([...ids].sort());
	const firsts = Array.from({ length: 3000 }, (_, seed) => orderOf(['a', 'b', 'c'], seed)[0]);
	for (const id of ['a', 'b', 'c'])
		expect(Math.abs(firsts.filter((first) => first === id).length - 1000)).toBeLessThan(130);
});

const contenders = ['meta-llama/Llama-3.3-70B-Instruct', 'ft:gpt-4.1-mini:acme:support:7pLurel', 'sandbox-fast'];

test.each([
	['I am Llama 3, a model by Meta.', 'llama'],
	['As ChatGPT, I cannot do that.', 'chatgpt'],
	['I was made by OpenAI.', 'openai'],
	['This is sandbox-fast speaking.', 'sandbox-fast'],
	['I am Qwen2.5.', 'qwen'],
	['My name is CLAUDE!', 'claude']
])('%s gives a model away', (text, name) => {
	expect(namesAModel(text, contenders)).toBe(name);
});

test.each([
	'Your order is on its way.',
	'The Gemmas and the claudette dress',
	'A fast sandbox for children',
	'We love it',
	''
])('“%s” does not', (text) => {
	expect(namesAModel(text, contenders)).toBeNull();
});
