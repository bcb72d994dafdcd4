import { expect, test } from 'vitest';
import { methods } from '../../../src/lib/core/runs/method.ts';
import {
	defaultRecipe,
	formatRate,
	presets,
	rateOf,
	rateWarning,
	recipeSettings,
	type RecipeSetting
} from '../../../src/lib/core/runs/recipe.ts';

const settings = Object.entries(recipeSettings) as [RecipeSetting, (typeof recipeSettings)[RecipeSetting]][];

test.each(
	methods.flatMap((method) => Object.entries(presets[method]).map(([name, preset]) => [method, name, preset] as const))
)('%s, %s: sets everything, within the limits', (_, __, preset) => {
	for (const [name, { min, max, isWhole }] of settings) {
		expect(preset[name], name).toBeGreaterThanOrEqual(min);
		expect(preset[name], name).toBeLessThanOrEqual(max);
		if (isWhole) expect(preset[name] % 1, name).toBe(0);
	}
	expect(Object.keys(preset).sort()).toEqual(settings.map(([name]) => name).sort());
});

test('the bold beginning learns more of everything than the careful one', () => {
	for (const method of methods)
		for (const [name] of settings.filter(([name]) => name !== 'beta'))
			expect(presets[method].aggressive[name], name).toBeGreaterThan(presets[method].conservative[name]);
	expect(presets.dpo.aggressive.beta).toBeLessThan(presets.dpo.conservative.beta); // it lets go of the base model
});

test('the rates are those of an adapter, and the middle one is the default', () => {
	expect(Object.values(presets.sft).map(({ learningRate }) => learningRate)).toEqual([1e-4, 2e-4, 5e-4]);
	expect(defaultRecipe).toEqual(presets.sft.balanced);
	for (const method of methods)
		for (const { learningRate } of Object.values(presets[method])) expect(rateWarning(learningRate, method)).toBeNull();
});

test.each([
	[5e-5, 'A learning rate of 0.00005 hardly changes the model: 0.0001 to 0.0005 is usual for LoRA.'],
	[1e-5, 'A learning rate of 0.00001 hardly changes the model: 0.0001 to 0.0005 is usual for LoRA.'],
	[5.1e-5, null],
	[9.9e-4, null],
	[1e-3, 'A learning rate of 0.001 may spoil what the model knows: 0.0001 to 0.0005 is usual for LoRA.'],
	[null, null]
])('of the rate %s is said: %s', (rate, sentence) => {
	expect(rateWarning(rate)).toBe(sentence);
});

test('preferences are learnt in smaller steps', () => {
	expect(rateWarning(1e-5, 'dpo')).toBeNull();
	expect(rateWarning(2e-4, 'dpo')).toMatch(/may spoil/);
	expect(rateWarning(1e-6, 'dpo')).toMatch(/hardly changes the model: 0.000005 to 0.00002/);
});

test('where the protocol is OpenAI’s, the rate is a multiple of the provider’s own', () => {
	expect(['openai', 'openai-compatible', 'together', 'sandbox', null].map(rateOf)).toEqual([
		'rateMultiplier',
		'rateMultiplier',
		'learningRate',
		'learningRate',
		'learningRate'
	]);
	expect(formatRate(1e-5)).toBe('0.00001');
});
