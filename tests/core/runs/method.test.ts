import { expect, test } from 'vitest';
import { methodsAtOpenai } from '../../../src/lib/core/runs/method.ts';
import { preflight } from '../../../src/lib/core/runs/preflight.ts';

test.each([
	['gpt-4.1-2025-04-14', ['sft', 'dpo']],
	['gpt-4.1-mini-2025-04-14', ['sft', 'dpo']],
	['gpt-4o-2024-08-06', ['sft']],
	['gpt-4o-mini-2024-07-18', ['sft']],
	// another version, one that is switched off, one without a date, and one that nobody documents
	['gpt-4o-2024-11-20', []],
	['gpt-4.1-nano-2025-04-14', []],
	['gpt-4.1', []],
	['gpt-5-2025-08-07', []]
])('OpenAI trains %s by %j', (model, methods) => expect(methodsAtOpenai(model)).toEqual(methods));

test('preferences are refused for a model that learns from examples alone, also where its provider takes them', () => {
	const lineFor = (methods?: readonly ('sft' | 'dpo')[]) =>
		preflight({
			...{ method: 'dpo', provider: 'openai', threshold: 8, qualityCount: 60, trainCount: 60, validationCount: 20 },
			...{ tokens: 9_000, longestTokens: 90, contextTokens: null, leaks: 0, duplicates: 0, contested: 0, flawed: [] },
			...{
				thoughtful: 0,
				weighted: 0,
				today: '2026-11-28',
				recipe: { learningRate: 1e-5 },
				keyOk: true,
				lastRun: null
			},
			model: { trainable: true, servable: true, ...(methods && { methods }) }
		}).find(({ id }) => id === 'method');
	expect(lineFor(methodsAtOpenai('gpt-4o-2024-08-06'))).toMatchObject({
		level: 'block',
		fix: 'method',
		sentence: 'The provider trains this model with examples only. Train with examples, or choose another model.'
	});
	expect(lineFor(methodsAtOpenai('gpt-4.1-2025-04-14'))?.level).toBe('ok');
	expect(lineFor()?.level).toBe('ok');
});
