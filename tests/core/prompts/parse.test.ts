import { describe, expect, test } from 'vitest';
import { parsePrompt, promptOfTurns } from '../../../src/lib/core/prompts/parse.ts';
import { asFile, promptsPasted } from '../../../src/lib/core/prompts/pasted.ts';
import { twinWords, withAnswer } from '../../../src/lib/core/prompts/pool.ts';

const user = (content: string) => ({ role: 'user', content });
const read = (row: unknown) => parsePrompt(typeof row === 'string' ? row : JSON.stringify(row), 3);
const turnsOf = (row: unknown) => {
	const parsed = read(row);
	return parsed.ok ? parsed.messages : parsed.reason;
};

describe('a line is a prompt', () => {
	const ship = [user('Do you ship?')];
	const kind = { role: 'system', content: 'Be kind.' };
	const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"id":12}' } };
	const called = [
		{ role: 'user', content: 'Where is 12?', name: 'ana' },
		{
			...{ role: 'assistant', content: null },
			tool_calls: [call]
		},
		{ role: 'tool', content: 'In Ulm.', tool_call_id: 'c1' }
	];
	const formats: [name: string, row: unknown, messages: unknown][] = [
		['as it stands', 'Do you ship?', ship],
		['as a text of JSON', '"Do you ship?"', ship],
		['that begins with a bracket', '[URGENT] Do you ship?', [user('[URGENT] Do you ship?')]],
		['that begins with a quotation', '"Hello" is all I read', [user('"Hello" is all I read')]],
		['with spaces around it', '  Do you ship?\t', ship],
		['a line cut out of a list', '{"prompt": "Do you ship?"},', ship],
		['prompt', { prompt: 'Do you ship?' }, ship],
		['input', { input: 'Do you ship?' }, ship],
		['question with a system prompt', { question: 'Do you ship?', system: 'Be kind.' }, [kind, ...ship]],
		['Alpaca without an output', { instruction: 'Do you ship?', input: '' }, ship],
		['prompt as turns', { prompt: [kind, ...ship] }, [kind, ...ship]],
		['messages without an answer', { messages: ship }, ship],
		['a list of turns', ship, ship],
		['ShareGPT', { conversations: [{ from: 'human', value: 'Do you ship?' }] }, ship],
		['a list of turns of ShareGPT', [{ from: 'human', value: 'Do you ship?' }], ship],
		['names, calls and what came back', called, [called[0], { ...called[1], content: '' }, called[2]]],
		['the question of a preference', { input: { messages: ship } }, ship],
		// examples, whose answer is left out
		['input and output', { input: 'Do you ship?', output: 'Yes.', rating: 8 }, ship],
		['an example', { messages: [...ship, { role: 'assistant', content: 'Yes.' }] }, ship],
		[
			'a preference',
			{
				input: { messages: ship },
				preferred_output: [{ role: 'assistant', content: 'Yes.' }],
				non_preferred_output: [{ role: 'assistant', content: 'No.' }]
			},
			ship
		],
		[
			'several turns, without weights and thoughts',
			{ messages: [user('Hi'), { role: 'assistant', content: 'Hello', weight: 0, reasoning: 'hm' }, ...ship] },
			[user('Hi'), { role: 'assistant', content: 'Hello' }, ...ship]
		]
	];
	test.for(formats)('%s', ([, row, messages]) => expect(turnsOf(row)).toStrictEqual(messages));

	const refused: [row: unknown, reason: string | RegExp][] = [
		['{"prompt": "Hi', /^Line 3 is not valid JSON/],
		[{ answer: 'Yes.' }, /^Line 3 has no prompt; a question is called "prompt", "input",.*it has "answer"$/],
		[{ a: 1, b: 2, c: 3, d: 4, e: 5 }, /it has "a", "b", "c", "d"$/],
		[{ prompt: 'a\u0000b' }, /U\+0000/],
		[{ messages: [{ ...called[1], tool_calls: [{ ...call, id: '\u0000' }] }, ...ship] }, /U\+0000/],
		['[null]', /^Line 3 is .* not a prompt$/],
		['["Hi"]', /^Line 3 is .* not a prompt$/],
		['[{"a": 1}]', /^Line 3 is .* not a prompt$/],
		[{ messages: 'Hi' }, /^Line 3 \S/],
		['{}', /has no fields$/],
		[{ prompt: '  ' }, 'Line 3: turn 1 (user) is empty'],
		[{ messages: [kind] }, 'Line 3: there is no user turn'],
		[
			{ messages: [...ship, { role: 'assistant', content: 'A' }, { role: 'assistant', content: 'B' }] },
			/must be a question$/
		],
		['[1, 2]', /^Line 3 is .* not a prompt$/],
		[{ prompt: '\ud800' }, /surrogate/]
	];
	test.for(refused)('refused: %j', ([row, reason]) => expect(turnsOf(row)).toMatch(reason));

	test('a text may have more commas than JSON that is read', () => {
		const text = `Is [it] ${','.repeat(30_001)}`;
		expect(turnsOf(text)).toEqual([user(text)]);
		expect(turnsOf(`{"prompt": "Hi", "more": [1${',1'.repeat(30_001)}]}`)).toMatch(
			/^Line 3 cannot be kept: it has more than/
		);
	});

	test('turns from a script are checked the same way', () => {
		expect(promptOfTurns([])).toBe('there are no turns');
		expect(promptOfTurns([user('x'.repeat(400_001))])).toMatch(/too many/);
	});
});

describe('pasted', () => {
	test('one on each line', () => expect(promptsPasted(' one\ntwo \r\n')).toEqual(['one', 'two']));
	test('several lines each, with blank lines between', () =>
		expect(promptsPasted('one\nmore\n \n\ntwo')).toEqual(['one\nmore', 'two']));
	test('blank lines are many, of spaces, or of what only looks like one', () => {
		expect(promptsPasted('one\n\t \n \ntwo\nmore\n\n\n  three')).toEqual(['one', 'two\nmore', 'three']);
		expect(promptsPasted('one\n\u00a0\n two ')).toEqual(['one', 'two']);
	});
	test('JSON is a file', () => {
		expect(promptsPasted('{"prompt": "one"}\n{"prompt": "two"}')).toBeNull();
		expect(promptsPasted('["one", "two"]')).toBeNull();
		expect(promptsPasted('\n [\n {"prompt": "one"}]')).toBeNull();
		expect(promptsPasted('What is {this}?')).toEqual(['What is {this}?']);
		expect(promptsPasted('[URGENT] one')).toEqual(['[URGENT] one']);
	});
	test('and comes back from its lines', () => {
		const prompts = ['one\n"more"', 'two'];
		const lines = asFile(prompts).trimEnd().split('\n');
		expect(lines.map((line) => turnsOf(line))).toEqual(prompts.map((prompt) => [user(prompt)]));
	});
});

test('what reads examples is given an answer that says nothing', () => {
	expect(withAnswer([{ role: 'user', content: 'Hi' }])).toEqual([user('Hi'), { role: 'assistant', content: '' }]);
});

test('a twin is named', () => {
	expect(twinWords({ number: 12, exact: true, trained: false })).toBe(
		'Example 12, which stands in train, asks the same: a model would know the answer.'
	);
	expect(twinWords({ number: 12, exact: false, trained: true })).toMatch(
		'learnt example 12, which asks nearly the same'
	);
	expect(twinWords({ number: null, exact: true, trained: true })).toMatch('A preference');
});
