import { describe, expect, test } from 'vitest';
import { enteredFor, trainingPriceOf } from '../../../src/lib/core/connections/prices.ts';
import type { ProviderId } from '../../../src/lib/contract/providers.ts';
import { trainingCost } from '../../../src/lib/core/runs/training-cost.ts';

const priceOf = (provider: ProviderId, model: string, more: Partial<Parameters<typeof trainingPriceOf>[0]> = {}) =>
	trainingPriceOf({ provider, model, method: 'sft', entered: undefined, told: null, ...more });
const unknown = { centsPerMillion: null, minimumCents: 0, priceNote: null };

describe('at Together a price goes by the size of the model', () => {
	test.each([
		['Qwen/Qwen3.5-0.8B', 48],
		['Qwen/Qwen3.5-9B', 48],
		['acme/one-1.25B', 48],
		['acme/one-16B', 48],
		['8B-Instruct', 48],
		['openai/gpt-oss-20b', 150],
		['Qwen/Qwen3.5-35B-A3B', 150],
		['google/gemma-4-31B-it', 150],
		['meta-llama/Llama-3.3-70B-Instruct-Reference', 290]
	])('%s', (model, cents) => {
		expect(priceOf('together', model)).toEqual({
			centsPerMillion: cents,
			minimumCents: 400,
			priceNote: expect.stringMatching(/2026-05-08/)
		});
	});

	test.each([
		'Qwen/Qwen3.5-122B-A10B',
		'mistralai/Mixtral-8x7B-Instruct-v0.1',
		'acme/Twelve-12x7-of-70B',
		'deepseek-ai/DeepSeek-V4-Flash',
		'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
		'moonshotai/Kimi-K2.6',
		'zai-org/GLM-5.1',
		'meta-llama/Llama-4-Scout'
	])('and nobody knows that of %s', (model) => {
		expect(priceOf('together', model)).toEqual(unknown);
	});

	test('with preferences it is another one', () => {
		expect(priceOf('together', 'Qwen/Qwen3.5-9B', { method: 'dpo' }).centsPerMillion).toBe(120);
	});
});

test.each([
	['gpt-4o-mini-2024-07-18', 300],
	['gpt-4o-2024-08-06', 2500],
	['gpt-4.1-mini-2025-04-14', 500],
	['gpt-4.1-nano-2025-04-14', 150],
	['gpt-4.1-2025-04-14', 2500]
])('at OpenAI %s costs what was last published, and says from when that is', (model, cents) => {
	const price = priceOf('openai', model);
	expect(price).toMatchObject({ centsPerMillion: cents, minimumCents: 0 });
	const { basis } = trainingCost({ tokens: 1000, validationTokens: 0 }, { epochs: 1 }, price);
	expect(basis).toMatch(/per million \(last known price, from before 2026-08-14/);
});

test('of another model of OpenAI nobody knows a price', () => {
	expect(priceOf('openai', 'gpt-6-2026-11-01')).toEqual(unknown);
});

test('of Nebius, Crusoe and an own server nobody knows a price', () => {
	for (const provider of ['nebius', 'crusoe', 'own-server'] as const)
		expect(priceOf(provider, 'meta-llama/Llama-3.1-8B-Instruct')).toEqual(unknown);
});

test('a model with a name that every object knows has no price that nobody entered', () => {
	const own = { training: 20, prompt: null, completion: null, on: '2026-11-29' };
	expect(enteredFor({ 'a-model': own }, 'a-model')).toBe(own);
	for (const name of ['constructor', '__proto__', 'toString'])
		expect(enteredFor({ 'a-model': own }, name)).toBe(undefined);
});

test('what the provider says goes before what it once published, and what an owner enters before both', () => {
	const entered = { training: 20, prompt: null, completion: null, on: '2026-11-29' };
	expect(priceOf('together', 'Qwen/Qwen3.5-9B', { told: 60 })).toEqual({ ...unknown, centsPerMillion: 60 });
	expect(priceOf('together', 'Qwen/Qwen3.5-9B', { told: 60, entered })).toEqual({
		centsPerMillion: 20,
		minimumCents: 0,
		priceNote: 'price as it was entered on 2026-11-29'
	});
	// an entry for answers alone says nothing of trainings
	const answers = { ...entered, training: null, prompt: 10, completion: 30 };
	expect(priceOf('nebius', 'a', { entered: answers })).toEqual(unknown);
});
