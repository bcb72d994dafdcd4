import { expect, test } from 'vitest';
import fc from 'fast-check';
import { fullLine } from '../../../../src/lib/core/examples/formats/full.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const chat = (...turns: [role: string, content: unknown][]) => ({
	messages: turns.map(([role, content]) => ({ role, content }))
});
const hello = chat(['user', 'Where is my order?'], ['assistant', 'On its way.']);
const parsed = (row: unknown, line = 1) => parseLine(JSON.stringify(row), line);
const reason = (text: string, line: number) => {
	const result = parseLine(text, line);
	return result.ok ? 'accepted' : result.reason;
};

test('a plain chat line is an example without rating, split or source', () => {
	expect(parsed(hello, 4)).toEqual({
		ok: true,
		line: 4,
		messages: hello.messages,
		rating: null,
		rewrite: null,
		split: null,
		source: null,
		id: null
	});
});

test('our own lines bring rating, rewrite and split, and need no copy of their text', () => {
	expect(parsed({ ...hello, rating: 7, rewrite: 'It arrives tomorrow.', split: 'validation' })).toMatchObject({
		rating: 7,
		rewrite: 'It arrives tomorrow.',
		split: 'validation',
		source: null
	});
});

test('a field of somebody else keeps the line as it came, white space and numbers included', () => {
	const text = '{"messages": [{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}],  "score": 1e2}';
	expect(parseLine(text, 1)).toMatchObject({ ok: true, source: text });
});

test('an unknown field inside a turn stays in the turn and keeps the line', () => {
	const row = { messages: [...hello.messages.slice(0, 1), { ...hello.messages[1], reasoning: 'He asks about X.' }] };
	expect(parsed(row)).toMatchObject({ messages: row.messages, source: JSON.stringify(row) });
});

test('the original puts the rewrite into the last turn; here it becomes the rewrite', () => {
	const text =
		'{"id":3,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello, how can I help?"}],"rating":9,"originalOutput":"What.","createdAt":"2026-01-01","version":1,"split":"val"}';
	expect(parseLine(text, 1)).toMatchObject({
		messages: [
			{ role: 'user', content: 'Hi' },
			{ role: 'assistant', content: 'What.' }
		],
		rewrite: 'Hello, how can I help?',
		rating: 9,
		split: 'validation',
		id: '3',
		source: text
	});
});

test('tools, tool calls and weights come through; a silent call has empty content', () => {
	const call = { id: 'call_1', type: 'function', function: { name: 'track', arguments: '{"order":"48213"}' } };
	const messages = [
		{ role: 'user', content: 'Where is order 48213?' },
		{ role: 'assistant', content: null, tool_calls: [call] },
		{ role: 'tool', tool_call_id: 'call_1', content: '{"status":"shipped"}' },
		{ role: 'assistant', content: 'It left on Monday.', weight: 1 }
	];
	const result = parsed({ messages, tools: [{ type: 'function', function: { name: 'track' } }] });
	expect(result).toMatchObject({
		ok: true,
		messages: messages.map((turn) => ({ ...turn, content: turn.content ?? '' }))
	});
	expect(result.ok && result.source).toContain('"tools"');
});

test.each([
	['Line 14 has no "messages" list; it has "text"', 14, '{"text":"hello"}'],
	['Line 14 has no "messages" list; it has "messages"', 14, '{"messages":"hello"}'],
	['Line 14 has no "messages" list; it has "a", "b", "c", "d"', 14, '{"a":1,"b":2,"x":null,"c":3,"d":4,"e":5}'],
	['Line 14 has no "messages" list', 14, '{"messages":null}'],
	['Line 2 has "prompt" but no "completion"; it has "prompt", "response"', 2, '{"prompt":"a","response":"b"}'],
	['Line 3 is not valid JSON: there is a comma too many before a closing bracket', 3, '{"messages":[1,]}'],
	['Line 3 is not valid JSON: it has single quotes, as Python prints them; write it with json.dumps', 3, "{'a': 1}"],
	['Line 3 is not valid JSON: it holds NaN or Infinity, for which JSON has no word; write null', 3, '{"a":NaN}'],
	['Line 3 is not valid JSON: it ends too early', 3, '{"messages": [{"role": "user"'],
	['Line 2 has "input" but no "output"', 2, '{"input":"hello"}'],
	['Line 2 has "completion" but no "prompt"', 2, '{"completion":"hello"}'],
	['Line 2 has a better answer but no worse one ("rejected")', 2, '{"prompt":"a","chosen":"b"}'],
	['Line 2 has a better answer but no worse one ("non_preferred_output")', 2, '{"input":"a","preferred_output":"b"}'],
	['Line 2 has two answers, but not what was asked', 2, '{"chosen":"a","rejected":"b"}'],
	['Line 2 has two answers that say the same', 2, '{"prompt":"a","chosen":"b","rejected":"b"}'],
	['Line 2 has a worse answer that is no text', 2, '{"prompt":"a","chosen":"b","rejected":[{"role":"assistant"}]}'],
	['Line 2 has "prompt" but no "completion"', 2, '{"prompt":"hello"}'],
	['Line 2 has "output" but no "input"', 2, '{"output":"hello"}'],
	['Line 2 cannot be kept: it has more than 30,000 fields and values', 2, `{"x":[${'1,'.repeat(31_000)}1]}`],
	['Line 3 is not valid JSON: unterminated string at character 14', 3, '{"messages":"'],
	['Line 3 is not valid JSON: it ends too early', 3, '{"messages":['],
	['Line 3 is not valid JSON: unexpected non-whitespace character after the end at character 4', 3, '{} {}'],
	["Line 3 is not valid JSON: unexpected token 'h'", 3, 'hello'],
	['Line 5 is empty', 5, ' \t'],
	['Line 5 is a list, not an object like {"messages": […]}', 5, '[]'],
	['Line 5 is a single value, not an object like {"messages": […]}', 5, 'null'],
	['Line 5 is a single value, not an object like {"messages": […]}', 5, '7'],
	['Line 5 is a single value, not an object like {"messages": […]}', 5, '"hello"'],
	['Line 6: there are no turns', 6, '{"messages":[]}'],
	['Line 6: turn 1 is "hi", not an object with a role and a content', 6, '{"messages":["hi"]}'],
	["Line 9: the last turn must be the assistant's answer", 9, JSON.stringify(chat(['assistant', 'a'], ['user', 'b']))],
	['Line 9: there is no user turn', 9, JSON.stringify(chat(['system', 'a'], ['assistant', 'b']))],
	['Line 9: turn 2 (assistant) is empty', 9, JSON.stringify(chat(['user', 'a'], ['assistant', ' \n']))],
	['Line 9: turn 2 (assistant) is empty', 9, '{"messages":[{"role":"user","content":"a"},{"role":"assistant"}]}'],
	['Line 9: turn 1 has no role', 9, '{"messages":[{"content":"a"}]}'],
	[
		'Line 9: turn 1 has the role "robot"; roles are system, user, assistant and tool',
		9,
		JSON.stringify(chat(['robot', 'a']))
	],
	[
		'Line 9: turn 1 has content in parts (images or files); only text can be used',
		9,
		JSON.stringify(chat(['user', [{ type: 'image_url', image_url: {} }]]))
	],
	['Line 9: turn 1 has content that is not text', 9, JSON.stringify(chat(['user', 7]))],
	[
		'Line 9: turn 1 has the weight 0.5; a weight is 0 or 1',
		9,
		'{"messages":[{"role":"user","content":"a","weight":0.5}]}'
	],
	[
		'Line 9: turn 1 has "tool_calls", which only the assistant makes',
		9,
		'{"messages":[{"role":"user","content":"a","tool_calls":[]}]}'
	],
	[
		'Line 9: turn 1 has a tool call whose arguments are not text',
		9,
		'{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":7}}]}]}'
	],
	['Line 12: rating 11 is not between 1 and 10', 12, JSON.stringify({ ...hello, rating: 11 })],
	['Line 12: rating 0 is not between 1 and 10', 12, JSON.stringify({ ...hello, rating: 0 })],
	['Line 12: rating Infinity is not between 1 and 10', 12, JSON.stringify(hello).replace(/}$/, ',"rating":1e400}')],
	['Line 12: rating 8.5 is not a whole number', 12, JSON.stringify({ ...hello, rating: 8.5 })],
	['Line 12: rating "9" is not a number', 12, JSON.stringify({ ...hello, rating: '9' })],
	['Line 12: the rewrite is a list, not text', 12, JSON.stringify({ ...hello, rewrite: [] })],
	['Line 12: the rewrite is empty', 12, JSON.stringify({ ...hello, rewrite: '  ' })],
	['Line 12: split "test" is neither train nor validation', 12, JSON.stringify({ ...hello, split: 'test' })]
])('%s', (sentence, line, text) => {
	expect(reason(text, line)).toBe(sentence);
});

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const line = (extra: string) => JSON.stringify(hello).replace(/}$/, `,${extra}}`);
const turn = (extra: string) =>
	`{"messages":[{"role":"user",${extra.startsWith('"content"') ? '' : '"content":"a",'}${extra}},{"role":"assistant","content":"b"}]}`;

test.each([
	[
		'10,000 levels in a field of its own',
		line(`"x":${deep(10_000)}`),
		'Line 1 cannot be kept: it is nested more than 64 levels deep'
	],
	[
		'10,000 levels in a turn',
		turn(`"x":${deep(10_000)}`),
		'Line 1: turn 1 cannot be kept: it is nested more than 64 levels deep'
	],
	[
		'10,000 levels as content',
		turn(`"content":${deep(10_000)}`),
		'Line 1: turn 1 has content in parts (images or files); only text can be used'
	],
	['10,000 levels as rating', line(`"rating":${deep(10_000)}`), 'Line 1: rating a list is not a number'],
	[
		'10,000 levels as messages',
		`{"messages":${deep(10_000)}}`,
		'Line 1: turn 1 is a list, not an object with a role and a content'
	],
	['10,000 levels and nothing else', deep(10_000), 'Line 1 is a list, not an object like {"messages": […]}'],
	[
		'__proto__ in the row',
		line('"__proto__":{"polluted":true}'),
		'Line 1 cannot be kept: it has a field called "__proto__"'
	],
	[
		'__proto__ in a turn',
		turn('"__proto__":{"polluted":true}'),
		'Line 1: turn 1 cannot be kept: it has a field called "__proto__"'
	],
	['1e400', line('"x":[1e400]'), 'Line 1 cannot be kept: it holds a number that is too large'],
	[
		'half a character in content',
		turn('"content":"\\ud83d"'),
		'Line 1: turn 1 cannot be kept: it holds half of a character (a lone surrogate)'
	],
	[
		'half a character, unescaped',
		turn('"content":"\udc00"'),
		'Line 1: turn 1 cannot be kept: it holds half of a character (a lone surrogate)'
	],
	[
		'half a character in a key',
		line('"\\ud83d":1'),
		'Line 1 cannot be kept: it holds half of a character (a lone surrogate)'
	],
	[
		'half a character in the rewrite',
		line('"rewrite":"\\ud83d"'),
		'Line 1: the rewrite holds half of a character (a lone surrogate)'
	],
	[
		'U+0000 in the rewrite',
		line('"rewrite":"a\\u0000"'),
		'Line 1: the rewrite holds the character U+0000, which cannot be kept'
	],
	[
		'a bare U+0000',
		`${JSON.stringify(hello)}\u0000`,
		'Line 1 is not valid JSON: unexpected non-whitespace character after the end at character 107'
	],
	[
		'1 MB of answer',
		JSON.stringify(chat(['user', 'a'], ['assistant', 'b'.repeat(1_000_000)])),
		'Line 1: 1,000,001 characters are too many; at most 400,000 fit'
	],
	[
		'201 turns',
		JSON.stringify({ messages: Array(201).fill({ role: 'user', content: 'a' }) }),
		'Line 1: 201 turns are too many; at most 200 fit'
	]
])('hostile: %s', (_, text, sentence) => {
	expect(reason(text, 1)).toBe(sentence);
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each<[string, object, object]>([
	...[1, 10].map((rating): [string, object, object] => [`the rating ${rating}`, { rating }, { rating }]),
	['no rating', { rating: null }, { rating: null }],
	...([null, '', 'unassigned'] as const).map((split): [string, object, object] => [
		`the split ${JSON.stringify(split)}`,
		{ split },
		{ split: null }
	]),
	['the split train', { split: 'train' }, { split: 'train' }],
	['the split validation', { split: 'validation' }, { split: 'validation' }],
	['the split val', { split: 'val' }, { split: 'validation' }],
	...[null, ''].map((rewrite): [string, object, object] => [`the rewrite ${rewrite}`, { rewrite }, { rewrite: null }]),
	['a text as id', { id: 'a-1' }, { id: 'a-1' }],
	['a number as id', { id: 7 }, { id: '7' }],
	['an id that is neither', { id: true }, { id: null }]
])('%s', (_, more, found) => {
	expect(parsed({ ...hello, ...more })).toMatchObject({ ok: true, ...found });
});

test('a weight needs no copy of the line, a name does', () => {
	const of = (more: object) => parsed({ messages: [hello.messages[0], { ...hello.messages[1], ...more }] });
	expect(of({ weight: 0 })).toMatchObject({ ok: true, source: null });
	expect(of({ name: 'ana' })).toMatchObject({ ok: true, source: expect.stringContaining('ana') });
});

test('U+0000 inside a turn is kept, and so is 1 MB of somebody else’s field', () => {
	expect(parseLine(turn('"content":"a\\u0000b"'), 1)).toMatchObject({
		ok: true,
		messages: [{ content: 'a\u0000b' }, {}]
	});
	expect(parseLine(line(`"x":"${'y'.repeat(1_000_000)}"`), 1)).toMatchObject({ ok: true });
});

test.each([
	['messages', `{"messages":[],${JSON.stringify(hello).slice(1)}`],
	['rating', line('"rating":3,"rating":9')],
	['content', turn('"content":"a","content":"b"')],
	['role', turn('"role":"assistant"')],
	[
		'content',
		'{"messages":[{"role":"user","content":"a","content":"b"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]}'
	],
	['value', '{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b","value":"c"}]}'],
	['prompt', '{"prompt":"a","prompt":"b","completion":"c"}'],
	['a', line('"a":1,"a":2')]
])('a line that names the field %s twice would lose one of them', (field, text) => {
	expect(reason(text, 4)).toBe(`Line 4 has two fields called "${field}"; one of them would be lost`);
});

test('what is no turn names nothing', () => {
	expect(parseLine('{"messages":[null,7,"content"]}', 1)).toMatchObject({ ok: false });
});

test('a name that stands in a text, in a tool or in another turn is no second field', () => {
	const said = 'Write {"role": "user", "content": "x", "messages": []}';
	const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"content":1,"role":2}' } };
	const messages = [
		{ role: 'user', content: said },
		{ role: 'assistant', content: '', tool_calls: [call] },
		{ role: 'tool', content: 'content', tool_call_id: 'c' },
		{ role: 'assistant', content: 'role' }
	];
	const parameters = { type: 'object', properties: { content: {}, role: {}, messages: {} } };
	expect(parsed({ messages, tools: [{ name: 'f', parameters }] })).toMatchObject({ ok: true, messages });
});

test.each([
	['"tools":"[{"', 'has "tools" that are not valid JSON'],
	['"tools":"no"', 'has "tools" that are not valid JSON'],
	['"tools":{"name":"f"}', 'has "tools" that are not a list of functions'],
	['"tools":[null]', 'has a tool without the name of a function'],
	['"tools":[{"type":"function"}]', 'has a tool without the name of a function'],
	['"tools":[{"type":"web_search"}]', 'has a tool without the name of a function'],
	['"functions":[{"name":7}]', 'has a tool without the name of a function'],
	['"functions":7', 'has "functions" that are not a list of functions'],
	['"tools":[{"name":"f","parameters":"{}"}]', 'has a tool whose "parameters" are not an object: "f"'],
	['"tools":[{"name":"f"}],"functions":[{"name":"f"}]', 'has both "tools" and "functions"; keep one of them']
])('damaged tools are refused: %s', (field, why) => {
	expect(reason(line(field), 8)).toBe(`Line 8 ${why}`);
});

test.each(['"tools":null', '"tools":[]', '"tools":""', '"tools":"[]"', '"tools":[],"functions":null'])(
	'no tools are fine: %s',
	(field) => expect(parseLine(line(field), 1)).toMatchObject({ ok: true })
);

test('a system prompt beside the turns becomes the first of them, in every format', () => {
	const turns = (row: object) => {
		const result = parsed({ ...row, system: 'Rhyme.' });
		return result.ok ? result.messages.map(({ role, content }) => [role, content]) : result.reason;
	};
	const expected = [['system', 'Rhyme.'], ['user', 'Hi'], ['assistant', 'Fly.']]; // prettier-ignore
	expect(turns(chat(['user', 'Hi'], ['assistant', 'Fly.']))).toEqual(expected);
	expect(turns(chat(['system', 'Rhyme.'], ['user', 'Hi'], ['assistant', 'Fly.']))).toEqual(expected);
	expect(turns({ prompt: 'Hi', completion: 'Fly.' })).toEqual(expected);
	expect(turns({ instruction: 'Hi', output: 'Fly.' })).toEqual(expected);
	expect(turns({ input: 'Hi', output: 'Fly.' })).toEqual(expected);
	expect(turns({ conversation: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Fly.' }] })).toEqual(expected); // prettier-ignore
	expect(turns({ conversations: [{ from: 'human', value: 'Hi' }, { from: 'gpt', value: 'Fly.' }] })).toEqual(expected); // prettier-ignore
	expect(turns(chat(['system', 'Sing.'], ['user', 'Hi'], ['assistant', 'Fly.']))).toBe(
		'Line 1 has a "system" that says something else than its system turn; keep one of them'
	);
});

test('older spellings become today’s, and the line is kept as it came', () => {
	const text = [
		{ type: 'text', text: 'Weather ' },
		{ type: 'text', text: 'in Graz?' }
	];
	const result = parsed({
		messages: [
			{ role: 'developer', content: 'Look it up.' },
			{ role: 'user', content: text },
			{ role: 'assistant', content: null, function_call: { name: 'weather', arguments: { city: 'Graz' } } },
			{ role: 'function', name: 'weather', content: 'rain' },
			{ role: 'assistant', tool_calls: [{ id: 'x', function: { name: 'weather', arguments: { city: 'Linz' } } }] }
		]
	});
	const called = (city: string) => ({ name: 'weather', arguments: `{"city":"${city}"}` });
	expect(result).toMatchObject({
		ok: true,
		messages: [
			{ role: 'system', content: 'Look it up.' },
			{ role: 'user', content: 'Weather in Graz?' },
			{ role: 'assistant', content: '', tool_calls: [{ id: 'call_1', type: 'function', function: called('Graz') }] },
			{ role: 'tool', name: 'weather', content: 'rain', tool_call_id: 'call_1' },
			{ role: 'assistant', content: '', tool_calls: [{ id: 'x', function: called('Linz') }] }
		],
		source: expect.stringContaining('developer')
	});
});

test.each([
	['reasoning', { reasoning: ['a'] }],
	['reasoning_content', { reasoning_content: {} }]
])('thoughts that are not text are refused: %s', (name, more) => {
	expect(reason(JSON.stringify({ messages: [hello.messages[0], { ...hello.messages[1], ...more }] }), 1)).toBe(
		`Line 1: turn 2 has a "${name}" that is not text`
	);
});

test('no JSON and no cut or altered line makes it throw, and every reason names the line', () => {
	const good = JSON.stringify({ ...hello, rating: 5, rewrite: 'x', split: 'train', tools: [] });
	const cut = fc
		.tuple(fc.nat(good.length), fc.nat(good.length), fc.string({ unit: 'binary' }))
		.map(([from, to, put]) => good.slice(0, from) + put + good.slice(to));
	const fields = [
		'messages',
		'conversations',
		'input',
		'output',
		'instruction',
		'history',
		'prompt',
		'completion',
		'rating'
	];
	const shaped = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()).map((row) => JSON.stringify(row));
	const turns = fc.array(
		fc.record(
			{
				role: fc.constantFrom('user', 'assistant', 'x'),
				content: fc.jsonValue(),
				from: fc.constant('gpt'),
				tool_calls: fc.jsonValue()
			},
			{ requiredKeys: [] }
		)
	);
	const nearly = fc
		.tuple(fc.constantFrom('messages', 'conversations', 'history'), turns)
		.map(([key, list]) => JSON.stringify({ [key]: list, instruction: 'a', output: 'b' }));
	fc.assert(
		fc.property(fc.oneof(cut, shaped, nearly, fc.string({ unit: 'binary' }), fc.json()), (text) => {
			const result = parseLine(text, 77);
			if (result.ok) expect(result.messages.at(-1)?.role).toBe('assistant');
			else expect(result.reason).toMatch(/^Line 77[ :]/);
			// it is stored and shown: one plain line
			if (!result.ok) expect(result.reason.isWellFormed() && !/[\u0000-\u001f]/.test(result.reason)).toBe(true);
		}),
		{ numRuns: 3000 }
	);
});

test('how much a line counts is a number from 0, or the line is refused; it goes out again', () => {
	const turns = '"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]';
	for (const weight of ['0', '0.25', '7', 'null']) {
		const parsed = parseLine(`{${turns},"weight":${weight}}`, 3);
		expect(parsed).toMatchObject({ ok: true });
		if (parsed.ok) expect(JSON.parse(fullLine({ ...parsed, id: 'ours' })).weight).toBe(JSON.parse(weight));
	}
	for (const [weight, said] of [
		['-1', '-1'],
		['"heavy"', '"heavy"']
	]) {
		expect(parseLine(`{${turns},"weight":${weight}}`, 3)).toEqual({
			ok: false,
			line: 3,
			reason: `Line 3 has the weight ${said}; the weight of an example is a number, 0 or more`
		});
	}
});
