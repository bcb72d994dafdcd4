import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { between, defaultRecipe, presets, Recipe, whole } from '../../../src/lib/core/runs/recipe.ts';

const problem = (schema: v.GenericSchema, input: unknown) => {
	const issue = v.safeParse(schema, input).issues?.[0];
	return issue && `${v.getDotPath(issue) ?? ''}: ${issue.message}`;
};

test('every preset is a recipe', () => {
	for (const preset of [defaultRecipe, ...Object.values(presets)]) expect(v.parse(Recipe, preset)).toEqual(preset);
	expect(defaultRecipe).toMatchObject({
		epochs: 3,
		batchSize: 4,
		learningRate: 1e-5,
		loraRank: 16,
		loraAlpha: 32,
		loraDropout: 0.05
	});
});

test('a form sends text, and the same recipe comes out', () => {
	const form = Object.fromEntries(Object.entries(presets.aggressive).map(([field, value]) => [field, ` ${value} `]));
	expect(v.parse(Recipe, form)).toEqual(presets.aggressive);
	expect(v.parse(Recipe, { ...form, learningRate: '1e-5', loraDropout: '.05' })).toMatchObject({
		learningRate: 1e-5,
		loraDropout: 0.05
	});
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
	expect(problem(Recipe, { ...defaultRecipe, ...change })).toBe(sentence);
});

test.each(['0x10', '1_000', '1,5', '١٢', '--1', '1e', 'Infinity', 'NaN', '1 2', true, {}, [], null, undefined])(
	'%j is no number',
	(given) => {
		expect(v.safeParse(between('It', -1e9, 1e9), given).success).toBe(false);
	}
);

test('a number is the same from JSON and from a form', () => {
	fc.assert(
		fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
			fc.pre(!Object.is(x, -0) && !String(x).includes('e+'));
			expect(v.parse(between('It', -1e6, 1e6), String(x))).toBe(x);
			expect(v.parse(between('It', -1e6, 1e6), x)).toBe(x);
		})
	);
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 128 }), (n) => {
			expect(v.parse(whole('It', 1, 128), `${n}`)).toBe(n);
		})
	);
});
