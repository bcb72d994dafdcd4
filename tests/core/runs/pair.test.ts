import { expect, test } from 'vitest';
import type { Rewritten } from '../../../src/lib/core/examples/formats/preference.ts';
import { pairOf } from '../../../src/lib/core/runs/pair.ts';
import { tokensOf } from '../../../src/lib/core/text/tokens.ts';

const asked = { role: 'user' as const, content: 'Where is parcel 12, please?' };
const answer = (content: string, more: object = {}) => ({ role: 'assistant' as const, content, ...more });
const example = (...turns: Rewritten['messages']): Rewritten => ({ messages: [asked, ...turns], rewrite: 'In Ulm.' });
const usual = example(answer('I do not know where it is.'));
const nothing = { isThoughtful: false, isWeighted: false, isThought: false };

test('both answers are counted, each with what was asked, and the longer one is named', () => {
	const sizes = ['In Ulm.', 'I do not know where it is.'].map((text) => tokensOf([asked, answer(text)]));
	expect(pairOf(usual, null, null)).toEqual({
		parts: {
			input: { messages: [asked] },
			preferred_output: [answer('In Ulm.')],
			non_preferred_output: [answer('I do not know where it is.')]
		},
		beside: nothing,
		tokens: sizes[0]! + sizes[1]!,
		longestTokens: sizes[1]
	});
	const longer = pairOf({ ...usual, rewrite: 'It is in Ulm, and will be with you on Monday.' }, null, null)!;
	expect(longer.longestTokens).toBe(tokensOf([asked, answer('It is in Ulm, and will be with you on Monday.')]));
	const system = { role: 'system' as const, content: 'Be kind.' };
	const withSystem = pairOf(usual, 'Be kind.', null)!;
	expect(withSystem.parts.input.messages).toEqual([system, asked]);
	expect(withSystem.longestTokens).toBe(tokensOf([system, asked, answer('I do not know where it is.')]));
});

test('one that a provider would refuse is none', () => {
	const called = answer('', {
		tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }]
	});
	const result = { role: 'tool' as const, content: 'Ulm', tool_call_id: 'c1' };
	const calling = example(called as Rewritten['messages'][number], result, answer('I do not know.'));
	expect(pairOf(calling, null, null) === null).toBe(pairOf(calling, null, 'openai') === null);
	expect(pairOf({ ...usual, rewrite: '' }, null, null)).toBeNull();
});

test.for(['openai', 'together', null])('what stands beside an answer is said whatever %s takes of it', (provider) => {
	const beside = (one: Rewritten) => pairOf(one, null, provider)?.beside;
	expect(beside(usual)).toEqual(nothing);
	for (const name of ['reasoning', 'reasoning_content']) {
		const before = [answer('Hm.', { [name]: 'hard' }), { role: 'user' as const, content: 'Where?' }];
		expect(beside(example(...before, answer('I do not know.'))), name).toEqual({ ...nothing, isThoughtful: true });
		expect(beside(example(answer('I do not know.', { [name]: 'hard' }))), name).toMatchObject({ isThought: true });
	}
	const of = (weight: number) => ({ ...usual, source: JSON.stringify({ weight }) });
	expect(beside(of(2))?.isWeighted).toBe(true);
	expect(beside(of(1))?.isWeighted).toBe(false);
});
