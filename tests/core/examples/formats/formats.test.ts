import { describe, expect, test } from 'vitest';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';
import { formatOf, sniff } from '../../../../src/lib/core/examples/formats/sniff.ts';

/** The turns as `role: content`, or the reason. */
const read = (row: unknown) => {
	const result = parseLine(JSON.stringify(row), 1);
	return result.ok ? result.messages.map(({ role, content }) => `${role}: ${content}`) : result.reason;
};

test.each([
	['a pair', { input: 'Hi', output: 'Hello.' }, ['user: Hi', 'assistant: Hello.']],
	[
		'a pair with a system prompt',
		{ system: 'Be kind.', input: 'Hi', output: 'Hello.' },
		['system: Be kind.', 'user: Hi', 'assistant: Hello.']
	],
	['a pair whose input is no text', { input: { a: 1 }, output: 'Hello.' }, 'Line 1 has an "input" that is not text'],
	['a pair with an empty output', { input: 'Hi', output: '' }, 'Line 1: turn 2 (assistant) is empty'],
	[
		'prompt and completion',
		{ prompt: 'Q: 1+1?\n\n###\n\n', completion: ' 2' },
		['user: Q: 1+1?\n\n###\n\n', 'assistant:  2']
	],
	[
		'prompt and completion as turns',
		{
			prompt: [
				{ role: 'system', content: 'Add.' },
				{ role: 'user', content: '1+1' }
			],
			completion: [{ role: 'assistant', content: '2' }]
		},
		['system: Add.', 'user: 1+1', 'assistant: 2']
	],
	[
		'a completion that is a number',
		{ prompt: '1+1', completion: 2 },
		'Line 1 has a "completion" that is neither text nor a list of turns'
	],
	[
		'Alpaca',
		{ instruction: 'Translate.', input: 'Haus', output: 'house' },
		['user: Translate.\n\nHaus', 'assistant: house']
	],
	[
		'Alpaca with an empty input',
		{ instruction: 'Say hi.', input: '', output: 'hi' },
		['user: Say hi.', 'assistant: hi']
	],
	[
		'Alpaca with system and history',
		{
			system: 'Short.',
			instruction: 'And Berlin?',
			output: '3.7 million',
			history: [['Who lives in Bonn?', '330,000']]
		},
		['system: Short.', 'user: Who lives in Bonn?', 'assistant: 330,000', 'user: And Berlin?', 'assistant: 3.7 million']
	],
	[
		'Alpaca with a blank input',
		{ instruction: 'Say hi.', input: ' \n', output: 'hi' },
		['user: Say hi.', 'assistant: hi']
	],
	['Alpaca without text', { instruction: 7, output: 'a' }, 'Line 1 has an "instruction" that is not text'],
	['Alpaca with a list', { instruction: 'a', input: [], output: 'b' }, 'Line 1 has an "input" that is not text'],
	['Alpaca with a number', { instruction: 'a', output: 7 }, 'Line 1 has an "output" that is not text'],
	[
		'Alpaca with a lone history',
		{ instruction: 'a', output: 'b', history: 'c' },
		'Line 1 has a "history" that is not a list'
	],
	[
		'Alpaca without output',
		{ instruction: 'Say hi.' },
		'Line 1 has an "instruction" but no "output"; it has "instruction"'
	],
	[
		'Alpaca with a flat history',
		{ instruction: 'a', output: 'b', history: ['c', 'd'] },
		'Line 1 has a "history" that is not a list of [question, answer] pairs'
	],
	...[['c'], ['c', 'd', 'e']].map((pair): [string, object, string] => [
		`Alpaca with ${pair.length} in a pair`,
		{ instruction: 'a', output: 'b', history: [pair] },
		'Line 1 has a "history" that is not a list of [question, answer] pairs'
	]),
	['a pair whose output is no text', { input: 'Hi', output: 7 }, 'Line 1 has an "output" that is not text'],
	['half a pair', { output: 'Hello.' }, 'Line 1 has "output" but no "input"'],
	['a prompt alone', { prompt: 'Hi' }, 'Line 1 has "prompt" but no "completion"'],
	['a completion alone', { completion: 'Hello.' }, 'Line 1 has "completion" but no "prompt"'],
	[
		'a prompt that is a number',
		{ prompt: 7, completion: 'a' },
		'Line 1 has a "prompt" that is neither text nor a list of turns'
	],
	['a blank system prompt', { system: ' \n', input: 'Hi', output: 'Hello.' }, ['user: Hi', 'assistant: Hello.']],
	[
		'a system prompt that is a number',
		{ system: 7, input: 'Hi', output: 'Hello.' },
		'Line 1: turn 1 has content that is not text'
	],
	[
		'ShareGPT',
		{
			conversations: [
				{ from: 'system', value: '' },
				{ from: 'human', value: 'Hi' },
				{ from: 'gpt', value: 'Hello.' }
			]
		},
		['user: Hi', 'assistant: Hello.']
	],
	[
		'ShareGPT with roles of the other kind',
		{
			system: 'Kind.',
			conversations: [
				{ role: 'user', content: 'Hi' },
				{ role: 'assistant', content: 'Hello.' }
			]
		},
		['system: Kind.', 'user: Hi', 'assistant: Hello.']
	],
	[
		'ShareGPT with a stranger',
		{ conversations: [{ from: 'alien', value: 'x' }] },
		'Line 1 has a turn from "alien"; known are system, human, gpt, function_call and observation'
	],
	['ShareGPT with nothing for a turn', { conversations: [null] }, 'Line 1 has a conversation whose turn 1 is null'],
	['ShareGPT with a broken turn', { conversations: [7] }, 'Line 1 has a conversation whose turn 1 is 7'],
	[
		'ShareGPT that ends with a question',
		{ conversations: [{ from: 'human', value: 'x' }] },
		"Line 1: the last turn must be the assistant's answer"
	],
	[
		'ShareGPT that begins with an answer of nothing',
		{
			conversations: [
				{ from: 'gpt', value: '' },
				{ from: 'human', value: 'Hi' },
				{ from: 'gpt', value: 'Hello.' }
			]
		},
		'Line 1: turn 1 (assistant) is empty'
	],
	[
		'ShareGPT with an empty system turn in the middle',
		{
			conversations: [
				{ from: 'human', value: 'Hi' },
				{ from: 'system', value: '' },
				{ from: 'gpt', value: 'Hello.' }
			]
		},
		'Line 1: turn 2 (system) is empty'
	],
	[
		'ShareGPT with a system turn',
		{
			conversations: [
				{ from: 'system', value: 'Kind.' },
				{ from: 'user', value: 'Hi' },
				{ from: 'function_response', value: 'a' },
				{ from: 'bot', value: 'b' },
				{ from: 'tool', value: 'c' },
				{ from: 'model', value: 'd' }
			]
		},
		['system: Kind.', 'user: Hi', 'tool: a', 'assistant: b', 'tool: c', 'assistant: d']
	],
	[
		'ShareGPT with a call without a name',
		{ conversations: [{ from: 'function_call', value: '{"arguments":{}}' }] },
		'Line 1 has a function call in turn 1 that is not JSON with a name and arguments'
	],
	[
		'ShareGPT with a call that is no JSON',
		{ conversations: [{ from: 'function_call', value: 'track 1' }] },
		'Line 1 has a function call in turn 1 that is not JSON with a name and arguments'
	]
])('%s', (_, row, outcome) => {
	expect(read(row)).toEqual(outcome);
});

test('ShareGPT function calls become tool calls, each answer under the id of its call', () => {
	const row = {
		conversations: [
			{ from: 'human', value: 'Where are 1 and 2?' },
			{ from: 'function_call', value: '{"name":"track","arguments":{"order":1}}' },
			{ from: 'observation', value: 'shipped' },
			{ from: 'function_call', value: '{"name":"track","arguments":"{\\"order\\":2}"}' },
			{ from: 'observation', value: 'packed' },
			{ from: 'gpt', value: 'One is on its way, two leaves today.' }
		]
	};
	const result = parseLine(JSON.stringify(row), 1);
	expect(result).toMatchObject({
		ok: true,
		source: JSON.stringify(row),
		messages: [
			{},
			{
				role: 'assistant',
				content: '',
				tool_calls: [{ id: 'call_1', function: { name: 'track', arguments: '{"order":1}' } }]
			},
			{ role: 'tool', tool_call_id: 'call_1' },
			{ tool_calls: [{ id: 'call_2', function: { arguments: '{"order":2}' } }] },
			{ role: 'tool', tool_call_id: 'call_2' },
			{}
		]
	});
});

test('ShareGPT turns bring their weight, say nothing more, and an answer to no call has no id', () => {
	const row = {
		conversations: [
			{ from: 'human', value: 'Hi' },
			{ from: 'observation', value: 'open' },
			{ from: 'gpt', value: 'Hello.', weight: 0 },
			{ from: 'gpt', value: 'We are open.' }
		]
	};
	const result = parseLine(JSON.stringify(row), 1);
	expect(result.ok && result.messages).toStrictEqual([
		{ role: 'user', content: 'Hi' },
		{ role: 'tool', content: 'open' },
		{ role: 'assistant', content: 'Hello.', weight: 0 },
		{ role: 'assistant', content: 'We are open.' }
	]);
	const plain = { conversations: [row.conversations[0], row.conversations[3]] };
	expect(parseLine(JSON.stringify(plain), 1)).toMatchObject({ ok: true, source: null });
});

describe('the original’s words for a rewrite', () => {
	const messages = [
		{ role: 'user', content: 'Hi' },
		{ role: 'assistant', content: 'Hello.' }
	];
	const of = (more: object) => {
		const result = parseLine(JSON.stringify({ messages, ...more }), 1);
		return result.ok ? [result.messages.at(-1)!.content, result.rewrite] : result.reason;
	};

	test('what the model said and what a person made of it change places', () => {
		expect(of({ originalOutput: 'What.' })).toEqual(['What.', 'Hello.']);
		const longer = [{ role: 'user', content: 'Anybody there?' }, { role: 'assistant', content: 'Yes.' }, ...messages];
		expect(parseLine(JSON.stringify({ messages: longer, originalOutput: 'What.' }), 1)).toMatchObject({
			messages: [...longer.slice(0, 3), { role: 'assistant', content: 'What.' }],
			rewrite: 'Hello.'
		});
	});

	test('unless there is a rewrite of our own, or nothing was rewritten', () => {
		expect(of({ originalOutput: 'What.', rewrite: 'Hello there.' })).toEqual(['Hello.', 'Hello there.']);
		for (const originalOutput of ['Hello.', '', ' \n', null, 7])
			expect(of({ originalOutput })).toEqual(['Hello.', null]);
	});

	test('where there is no turn to change, that is what is said', () => {
		expect(of({ originalOutput: 'What.', messages: [] })).toBe('Line 1: there are no turns');
		for (const turn of [null, 'hi']) {
			expect(of({ originalOutput: 'What.', messages: [turn] })).toMatch(
				/^Line 1: turn 1 is (null|"hi"), not an object/
			);
		}
	});
});

test('every format takes a rating, a rewrite and a split; only fields that nothing else keeps need the source', () => {
	const plain = { input: 'Hi', output: 'Hello.', rating: 9, rewrite: 'Hello there.', split: 'train' };
	expect(parseLine(JSON.stringify(plain), 1)).toMatchObject({
		rating: 9,
		rewrite: 'Hello there.',
		split: 'train',
		source: null
	});
	expect(parseLine(JSON.stringify({ ...plain, created_at: '2026-01-01' }), 1)).toMatchObject({
		ok: true,
		source: expect.any(String)
	});
	const annotated = {
		conversations: [
			{ from: 'human', value: 'Hi', lang: 'en' },
			{ from: 'gpt', value: 'Hello.' }
		]
	};
	expect(parseLine(JSON.stringify(annotated), 1)).toMatchObject({ ok: true, source: JSON.stringify(annotated) });
});

test('a row is told by its fields, the most telling first', () => {
	expect(formatOf({ messages: [], prompt: 'a', completion: 'b' })).toBe('chat');
	expect(formatOf({ instruction: 'a', input: '', output: 'b' })).toBe('alpaca');
	expect(formatOf({ messages: 'a', input: 'b', output: 'c' })).toBe('pair');
	expect(formatOf({ input: { messages: [] }, preferred_output: [], non_preferred_output: [] })).toBe('preference');
});

test('a file is told by most of its rows, broken ones aside', () => {
	const pair = '{"input":"a","output":"b"}';
	expect(sniff(['{', pair, '{"messages":[]}', pair, 'null', '7'])).toBe('pair');
	expect(sniff(['{"messages":[]}', pair, pair])).toBe('pair');
	expect(sniff(['7', '8', 'null', '{}', pair])).toBe('pair');
	expect(sniff(['', 'name,score'])).toBeNull();
});
