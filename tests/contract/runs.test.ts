import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { between, whole } from '../../src/lib/contract/fields.ts';
import { Preflight } from '../../src/lib/contract/preflight.ts';
import { Recipe } from '../../src/lib/contract/recipe.ts';
import { CancelRun, DownloadRunFile, GetPreflight, GetRun, ListRuns, StartRun } from '../../src/lib/contract/runs.ts';
import { StartServing, StopServing } from '../../src/lib/contract/servings.ts';
import { defaultRecipe, presets, recipeSettings } from '../../src/lib/core/runs/recipe.ts';
import { fromForm } from '../support/data/form.ts';

const problem = (schema: v.GenericSchema, input: unknown) => {
	const issue = v.safeParse(schema, input).issues?.[0];
	return issue && `${v.getDotPath(issue) ?? ''}: ${issue.message}`;
};
const clientId = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5b';
/** What a form sends: text. */
const typed = (values: object) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}`]));

test('every preset is a recipe', () => {
	for (const preset of [defaultRecipe, ...Object.values(presets.sft), ...Object.values(presets.dpo)])
		expect(v.parse(Recipe, preset)).toEqual(preset);
	expect(Object.keys(Recipe.entries)).toEqual(Object.keys(recipeSettings));
	expect(defaultRecipe).toMatchObject({
		epochs: 3,
		batchSize: 4,
		learningRate: 2e-4,
		rateMultiplier: 1,
		loraRank: 16,
		loraAlpha: 32,
		loraDropout: 0.05
	});
	// who wrote a script before there was a multiplier need not name it
	const { rateMultiplier: _, beta: __, ...older } = defaultRecipe;
	expect(v.parse(StartRun.input, { ...older, clientId })).toEqual({ ...defaultRecipe, method: 'sft', clientId });
});

test('a form sends text, and the same recipe comes out', () => {
	const form = Object.fromEntries(
		Object.entries(presets.sft.aggressive).map(([field, value]) => [field, ` ${value} `])
	);
	expect(v.parse(Recipe, fromForm(Recipe, form))).toEqual(presets.sft.aggressive);
	expect(v.parse(Recipe, fromForm(Recipe, { ...form, learningRate: '1e-5', loraDropout: '.05' }))).toMatchObject({
		learningRate: 1e-5,
		loraDropout: 0.05
	});
	expect(v.parse(StartRun.input, fromForm(StartRun.input, { ...form, clientId, preset: 'aggressive' }))).toEqual({
		method: 'sft',
		...presets.sft.aggressive,
		clientId
	});
	expect(problem(StartRun.input, fromForm(StartRun.input, { ...form, clientId: '7' }))).toBe(
		'clientId: The id of this form is not one of ours'
	);
});

test.each([
	[{ epochs: 0 }, 'epochs: Epochs is at least 1'],
	[{ epochs: 21 }, 'epochs: Epochs is at most 20'],
	[{ epochs: '2.5' }, 'epochs: Epochs is a whole number'],
	[{ batchSize: 'many' }, 'batchSize: Batch size is a number'],
	[{ batchSize: '' }, 'batchSize: Batch size is a number'],
	[{ learningRate: 0.1 }, 'learningRate: Learning rate is at most 0.01'],
	[{ learningRate: NaN }, 'learningRate: Learning rate is a number'],
	[{ learningRate: '1e999' }, 'learningRate: Learning rate is a number'],
	[{ loraDropout: -0.1 }, 'loraDropout: LoRA dropout is at least 0'],
	[{ loraRank: null }, 'loraRank: LoRA rank is a number']
])('%j: %s', (change, sentence) => {
	expect(problem(Recipe, fromForm(Recipe, typed({ ...defaultRecipe, ...change })))).toBe(sentence);
	// from JSON the same, where a number is a number
	if (typeof Object.values(change)[0] !== 'string')
		expect(problem(Recipe, { ...defaultRecipe, ...change })).toBe(sentence);
});

test.each(['0x10', '1_000', '1,5', '١٢', '--1', '1e', 'Infinity', 'NaN', '1 2', true, {}, [], null, undefined])(
	'%j is no number',
	(given) => {
		const It = v.object({ it: between('It', -1e9, 1e9) });
		expect(v.safeParse(It, { it: given }).success).toBe(false);
		expect(v.safeParse(It, fromForm(It, { it: String(given) })).success).toBe(false);
	}
);

test('a number is the same from JSON and from a form', () => {
	const X = v.object({ it: between('It', -1e6, 1e6) });
	fc.assert(
		fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (it) => {
			fc.pre(!Object.is(it, -0));
			expect(v.parse(X, fromForm(X, { it: String(it) }))).toEqual({ it });
			expect(v.parse(X, { it })).toEqual({ it });
		})
	);
	const N = v.object({ it: whole('It', 1, 128) });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 128 }), (it) => {
			expect(v.parse(N, fromForm(N, { it: `${it}` }))).toEqual({ it });
		})
	);
});

test('a list in an order nobody knows is refused in a sentence', () => {
	expect(v.parse(ListRuns.input, {})).toEqual({ page: 1 });
	expect(v.parse(ListRuns.input, fromForm(ListRuns.input, { sort: 'cost', order: 'up' }))).toEqual({
		sort: 'cost',
		order: 'up',
		page: 1
	});
	expect(problem(ListRuns.input, { sort: 'mark' })).toBe('sort: The list cannot be sorted by this');
	expect(problem(ListRuns.input, { order: 'sideways' })).toBe('order: An order is up or down');
});

test.each([ListRuns, GetRun, GetPreflight, StartRun, CancelRun, DownloadRunFile, StartServing, StopServing])(
	'$name takes its example',
	({ input, example }) => {
		expect(v.safeParse(input, example.input)).toMatchObject({ success: true });
	}
);

test('a finding leads to a page of ours, and nothing unlisted leaves with the checklist', () => {
	const example = GetPreflight.example.output;
	expect(v.parse(Preflight, example)).toEqual(example);
	expect(v.safeParse(Preflight, { ...example, key: 'sk-1' }).success).toBe(false);
	const [finding] = example.findings;
	expect(v.safeParse(Preflight, { ...example, findings: [{ ...finding, fix: 'elsewhere' }] }).success).toBe(false);
});
