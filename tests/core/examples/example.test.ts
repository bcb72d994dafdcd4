import { expect, test } from 'vitest';
import * as v from 'valibot';
import { Conversation, NewExample, promptOf, targetOf, withTarget } from '../../../src/lib/core/examples/example.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';

const messages: Message[] = [
	{ role: 'user', content: 'Hi' },
	{ role: 'assistant', content: 'Hello.' },
	{ role: 'user', content: 'Open today?' },
	{ role: 'assistant', content: 'Until five.' }
];
const problem = (schema: v.GenericSchema, input: unknown) => v.safeParse(schema, input).issues?.[0].message;

test('an example from REST: a list of turns and a number', () => {
	expect(v.parse(NewExample, { messages, rating: 8 })).toEqual({ messages, rating: 8 });
	expect(v.parse(NewExample, { messages })).toEqual({ messages, rating: null });
	expect(v.parse(NewExample, { messages, rating: null })).toEqual({ messages, rating: null });
});

test('an example from a form: the turns as JSON text, the rating as text or empty', () => {
	expect(v.parse(NewExample, { messages: JSON.stringify(messages), rating: '10' })).toEqual({ messages, rating: 10 });
	expect(v.parse(NewExample, { messages: JSON.stringify(messages), rating: '' })).toEqual({ messages, rating: null });
});

test.each([
	['Write at least one question and its answer', {}],
	['The turns are not valid JSON', { messages: '[{' }],
	['Give the turns as a list', { messages: '{"role":"user"}' }],
	['There are no turns', { messages: [] }],
	["The last turn must be the assistant's answer", { messages: messages.slice(0, 3) }],
	['Turn 2 (assistant) is empty', { messages: [messages[0], { role: 'assistant', content: '  ' }] }],
	['A turn is by system, user, assistant or tool', { messages: [{ role: 'boss', content: 'a' }] }],
	['The content of a turn is text', { messages: [{ role: 'user', content: 5 }] }],
	[
		'Turn 1 cannot be kept: it holds half of a character (a lone surrogate)',
		{ messages: [{ role: 'user', content: '\ud800' }] }
	],
	['A rating is at most 10', { messages, rating: '11' }],
	['A rating is a whole number', { messages, rating: 8.5 }],
	['A rating is a number', { messages, rating: 'good' }]
])('%s', (sentence, input) => {
	expect(problem(NewExample, input)).toBe(sentence);
});

test('a form cannot change any prototype', () => {
	const turns = '[{"role":"user","content":"a","__proto__":{"polluted":true}},{"role":"assistant","content":"b"}]';
	expect(v.parse(NewExample, { messages: turns }).messages[0]).toEqual({ role: 'user', content: 'a' });
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a silent tool call has empty content', () => {
	const calling = { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] };
	expect(v.parse(Conversation, [messages[0], calling])[1]).toEqual({ ...calling, content: '' });
});

test('the last assistant turn is the answer, all before it is the prompt', () => {
	expect(promptOf(messages)).toEqual(messages.slice(0, 3));
	expect(targetOf({ messages, rewrite: null })).toBe('Until five.');
	expect(targetOf({ messages, rewrite: 'Until six.' })).toBe('Until six.');
	expect(withTarget(messages, 'Until six.')).toEqual([
		...messages.slice(0, 3),
		{ role: 'assistant', content: 'Until six.' }
	]);
	expect(messages[3]!.content).toBe('Until five.');
});
