import * as v from 'valibot';
import { expect, test } from 'vitest';
import { toMessages } from '../../src/lib/core/examples/conversation.ts';
import type { Message } from '../../src/lib/core/examples/example.ts';
import {
	AddExample,
	BrowseExamples,
	Conversation,
	DeleteExamples,
	ExampleFilter,
	ImportSample,
	ListExamples
} from '../../src/lib/contract/examples.ts';
import { ListPrompts } from '../../src/lib/contract/prompts.ts';
import { fromForm } from '../support/data/form.ts';

const NewExample = AddExample.input;
const messages: Message[] = [
	{ role: 'user', content: 'Hi' },
	{ role: 'assistant', content: 'Hello.' },
	{ role: 'user', content: 'Open today?' },
	{ role: 'assistant', content: 'Until five.' }
];
const problem = (schema: v.GenericSchema, input: unknown) => v.safeParse(schema, input).issues?.[0].message;
const sent = (fields: Record<string, string>) => fromForm(NewExample, fields);

test('an example from REST: a list of turns and a number', () => {
	expect(v.parse(NewExample, { messages, rating: 8 })).toEqual({ messages, rating: 8 });
	expect(v.parse(NewExample, { messages })).toEqual({ messages, rating: null });
	expect(v.parse(NewExample, { messages, rating: null })).toEqual({ messages, rating: null });
});

test('an example from a form: the turns as JSON text, the rating as text or empty', () => {
	const text = JSON.stringify(messages);
	expect(v.parse(NewExample, sent({ messages: text, rating: '10' }))).toEqual({
		messages,
		rating: 10,
		keepTwins: false
	});
	const unrated = { messages, rating: null, keepTwins: false };
	expect(v.parse(NewExample, sent({ messages: text, rating: '' }))).toEqual(unrated);
	expect(v.parse(NewExample, sent({ messages: text, keepTwins: 'true' }))).toEqual({ ...unrated, keepTwins: true });
});

test.each([
	['Write at least one question and its answer', {}],
	['Write at least one question and its answer', sent({})],
	['The turns are not valid JSON', sent({ messages: '[{' })],
	['The turns are not valid JSON', { messages: '[{' }],
	['Give the turns as a list', sent({ messages: '{"role":"user"}' })],
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
	['A rating is at most 10', { messages, rating: 11 }],
	['A rating is at most 10', sent({ messages: JSON.stringify(messages), rating: '11' })],
	['A rating is a whole number', { messages, rating: 8.5 }],
	['A rating is a number', { messages, rating: 'good' }],
	['A rating is a number', sent({ messages: JSON.stringify(messages), rating: 'good' })]
])('%s', (sentence, input) => {
	expect(problem(NewExample, input)).toBe(sentence);
});

test('a form cannot change any prototype', () => {
	const turns = '[{"role":"user","content":"a","__proto__":{"polluted":true}},{"role":"assistant","content":"b"}]';
	expect(v.parse(NewExample, sent({ messages: turns })).messages[0]).toEqual({ role: 'user', content: 'a' });
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a silent tool call has empty content', () => {
	const calling = { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] };
	expect(toMessages(v.parse(Conversation, [messages[0], calling]))[1]).toEqual({ ...calling, content: '' });
});

test('words nobody knows are left out of a filter, so that old links still work', () => {
	const read = (fields: Record<string, string>) =>
		v.parse(BrowseExamples.input, fromForm(BrowseExamples.input, fields));
	const id = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
	expect(read({ band: 'great', split: 'none', search: ' kettle ', before: '71', selected: id })).toEqual({
		band: 'great',
		split: 'none',
		search: 'kettle',
		before: 71,
		selected: id
	});
	const strange = { band: 'x', split: '', before: '-1', after: 'last', selected: '7' };
	expect(Object.values(read(strange)).filter((value) => value !== undefined)).toEqual([]);
	expect(v.parse(ExampleFilter, {})).toEqual({});
});

test('a search that is too long is refused and not left out: the list would show everything', () => {
	const sentence = 'This search is too long: it has at most 200 characters';
	for (const { input } of [BrowseExamples, ListExamples, ListPrompts]) {
		expect(problem(input, fromForm(input, { search: 'x'.repeat(201) }))).toBe(sentence);
		const most = ` ${'x'.repeat(200)} `;
		expect(v.safeParse(input, fromForm(input, { search: most })).output).toMatchObject({ search: 'x'.repeat(200) });
	}
});

test('chosen examples come as a list, or from a form as ids with commas between them', () => {
	const [one, two] = ['0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a', '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5b'];
	const { input } = DeleteExamples;
	expect(v.parse(input, fromForm(input, { ids: `${one},${two}` }))).toEqual({ ids: [one, two] });
	expect(v.parse(input, fromForm(input, { ids: one! }))).toEqual({ ids: [one] });
	for (const none of [{}, { ids: [] }, fromForm(input, { ids: '' })])
		expect(problem(input, none)).toBe('Choose at least one example');
	expect(problem(input, fromForm(input, { ids: `${one},7` }))).toBe('An example is not one of ours');
	expect(problem(input, { ids: Array.from({ length: 1001 }, () => one) })).toBe('At most 1000 examples at once');
});

test('a sample is one of those that come with the app', () => {
	expect(v.parse(ImportSample.input, { sample: 'code-review' })).toEqual({ sample: 'code-review' });
	expect(problem(ImportSample.input, { sample: '../../etc' })).toBe('Choose one of the samples');
});
