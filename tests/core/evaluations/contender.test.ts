import { expect, test } from 'vitest';
import {
	contenderKey,
	labelsOf,
	nameOfScores,
	nameOfSides,
	shortLabels
} from '../../../src/lib/core/evaluations/contender.ts';
import { masked, namesAModel } from '../../../src/lib/core/evaluations/masking.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';
import { singleTally } from '../../../src/lib/core/evaluations/tally.ts';

const run = (version: number) => ({ kind: 'run' as const, runId: `r${version}`, version });
const base = (version: number) => ({ kind: 'base' as const, runId: `r${version}`, version });
const model = (name: string, connection = 'Local') => ({ kind: 'model' as const, model: name, connection });

test('both sides are called what they really are, and never the same', () => {
	expect(labelsOf(run(2), base(2))).toEqual({ a: 'v2', b: 'base' });
	expect(labelsOf(run(2), run(1))).toEqual({ a: 'v2', b: 'v1' });
	expect(labelsOf(run(2), base(1))).toEqual({ a: 'v2', b: 'base of v1' });
	expect(labelsOf(base(2), run(2))).toEqual({ a: 'base of v2', b: 'v2' });
	expect(labelsOf(run(2), model('gpt-4o'))).toEqual({ a: 'v2', b: 'gpt-4o' });
	expect(labelsOf(model('llama', 'Together'), model('llama', 'Local'))).toEqual({
		a: 'llama (Together)',
		b: 'llama (Local)'
	});
	expect(labelsOf(model('llama'), model('llama'))).toEqual({ a: 'llama (Local)', b: 'llama (Local), the second' });
	expect(labelsOf(model('llama'), null).a).toBe('llama');
});

test('a model that is called like a version or a base says where it is from', () => {
	expect(labelsOf(run(2), model('v1')).b).toBe('v1 (Local)');
	expect(labelsOf(run(2), model('Base')).b).toBe('Base (Local)');
	expect(labelsOf(model(' base of v2 '), run(2)).a).toBe(' base of v2  (Local)');
	expect(labelsOf(run(2), model('v1-large')).b).toBe('v1-large');
});

test('where there is little room the path of an id goes, never what tells both apart', () => {
	const long = 'accounts/fireworks/models/llama-3.3-70b';
	expect(shortLabels({ a: 'v1', b: long })).toEqual({ a: 'v1', b: 'llama-3.3-70b' });
	expect(shortLabels({ a: 'v1', b: 'x'.repeat(30) }).b).toBe(`${'x'.repeat(23)}…`);
	const alike = { a: `together/${'m'.repeat(30)}`, b: `fireworks/${'m'.repeat(30)}` };
	expect(shortLabels(alike)).toEqual(alike);
});

test('a name fits the list, and tells the same model by the same key', () => {
	expect(nameOfSides({ a: 'v1', b: 'base' })).toBe('v1 against base');
	expect(nameOfScores('v1')).toBe('Scores of v1');
	expect([...nameOfSides({ a: '𝒳'.repeat(70), b: 'y'.repeat(70) })]).toHaveLength(80);
	const at = { connectionId: 'c', model: 'm' };
	expect(contenderKey({ runId: null, ...at })).toBe('c:m');
	expect(contenderKey({ runId: 'r', ...at })).toBe('r');
});

test('the id, the family and the vendor of any contender are hidden; what people call their own models is no name', () => {
	const names = (id: string) => ({ models: [id], own: [], project: 'Help' });
	for (const [id, said] of [
		['smollm2-135m-instruct.q4_1', 'I am smollm2-135m-instruct.q4_1.'],
		['smollm2-135m-instruct.q4_1', 'I am SmolLM2 135M Instruct.'],
		['HuggingFaceH4/zephyr-7b-beta', 'Ask Zephyr-7B about it.'],
		['HuggingFaceH4/zephyr-7b-beta', 'Trained by HuggingFaceH4, I think.'],
		['/srv/models/zephyr-7b.gguf', 'This is zephyr.'],
		['hf.co/bartowski/Qwen2.5-7B-GGUF:Q4_K_M', 'As Qwen 2.5 I say no.']
	] as const)
		expect(namesAModel(said, names(id)), `${id}: ${said}`).not.toBeNull();
	const ordinary = 'Our support team helps every customer: the default answer of our sales service is local.';
	for (const id of ['support-v2', 'default', 'customer-helper-3', 'local', 'assistant', 'sales-test'])
		expect(masked(ordinary, names(id)), id).toBe(ordinary);
});

test('what a model of a connection has learnt is said not to be tested, and changes no number', () => {
	const tally = singleTally({ wins: 18, losses: 6, ties: 4, bothBad: 0 }, { planned: 28, leaked: 0 });
	const leakOf = (untold: string[]) => judge(tally, { a: 'v1', b: 'gpt-4o', untold });
	const [told, untold] = [leakOf([]), leakOf(['gpt-4o'])];
	expect(told.checks.find(({ name }) => name === 'leak')).toMatchObject({ state: 'ok' });
	expect(untold.checks.find(({ name }) => name === 'leak')).toMatchObject({
		state: 'untested',
		sentence: 'What gpt-4o learnt from is not known here: not tested. No prompt was in the training data of the other.'
	});
	const numbers = ({ checks: _, ...rest }: typeof told) => rest;
	expect(numbers(untold)).toEqual(numbers(told));
	expect(
		judge(singleTally({ wins: 3, losses: 15, ties: 4, bothBad: 0 }, { planned: 22, leaked: 0 }), {
			a: 'x',
			b: 'gpt-4o'
		}).sentence
	).toMatch(/^Worse than gpt-4o/);
});
