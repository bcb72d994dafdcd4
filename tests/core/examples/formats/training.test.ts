import { expect, test } from 'vitest';
import { chatLine, promptOfLine, toolsIn } from '../../../../src/lib/core/examples/formats/training.ts';
import { preferenceLine } from '../../../../src/lib/core/examples/formats/preference.ts';
import type { Message } from '../../../../src/lib/core/examples/example.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const messages: Message[] = [
	{ role: 'user', content: 'Where is it?' },
	{ role: 'assistant', content: 'Dunno.' }
];

test('the exact line of a plain example', () => {
	expect(chatLine({ messages, rewrite: null })).toBe(
		'{"messages":[{"role":"user","content":"Where is it?"},{"role":"assistant","content":"Dunno."}]}'
	);
});

test('the rewrite takes the place of the answer, the project’s system prompt comes first', () => {
	expect(chatLine({ messages, rewrite: 'It left on Monday.' }, 'Be brief.')).toBe(
		'{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is it?"},{"role":"assistant","content":"It left on Monday."}]}'
	);
});

test('an example with its own system prompt keeps it; an empty one adds no turn', () => {
	const own: Message[] = [{ role: 'system', content: 'Rhyme.' }, ...messages];
	expect(JSON.parse(chatLine({ messages: own, rewrite: null }, 'Be brief.')).messages).toEqual(own);
	expect(JSON.parse(chatLine({ messages, rewrite: null }, ' ')).messages).toEqual(messages);
});

test('a rewrite is trained on, and replaces a tool call as well', () => {
	const silent: Message[] = [
		messages[0]!,
		{ role: 'assistant', content: '', weight: 0, tool_calls: [{ function: { name: 'track', arguments: '{}' } }] }
	];
	expect(JSON.parse(chatLine({ messages: silent, rewrite: 'Here it is.' })).messages[1]).toEqual({
		role: 'assistant',
		content: 'Here it is.'
	});
});

test('only the fields the providers know leave, a weight only with the assistant', () => {
	const rich: Message[] = [
		{ role: 'user', content: 'Hi', name: 'ana', weight: 1, lang: 'en' },
		{ content: 'Hello.', role: 'assistant', weight: 0, refusal: null }
	];
	expect(chatLine({ messages: rich, rewrite: null })).toBe(
		'{"messages":[{"role":"user","content":"Hi","name":"ana"},{"role":"assistant","content":"Hello.","weight":0}]}'
	);
});

test('tool calls and their answers leave as they came, and what is null does not', () => {
	const calling: Message[] = [
		{ role: 'user', content: 'Where?', name: null as never },
		{ role: 'assistant', content: '', tool_calls: [{ id: 'call_1', function: { name: 'track', arguments: '{}' } }] },
		{ role: 'tool', content: 'Sent.', tool_call_id: 'call_1', tool_calls: null as never },
		{ role: 'assistant', content: 'On its way.', tool_call_id: null as never }
	];
	expect(chatLine({ messages: calling, rewrite: null })).toBe(
		'{"messages":[{"role":"user","content":"Where?"},' +
			'{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"name":"track","arguments":"{}"}}]},' +
			'{"role":"tool","content":"Sent.","tool_call_id":"call_1"},{"role":"assistant","content":"On its way."}]}'
	);
});

test('whether several tools may be called at once goes along with them, when it is said', () => {
	const tools = [{ type: 'function', function: { name: 'track' } }];
	const line = (more: object) =>
		JSON.parse(chatLine({ messages, rewrite: null, source: JSON.stringify({ messages, tools, ...more }) }));
	for (const parallel_tool_calls of [true, false]) {
		expect(line({ parallel_tool_calls })).toEqual({ messages, tools, parallel_tool_calls });
	}
	for (const more of [{}, { parallel_tool_calls: 'yes' }]) expect(line(more)).toEqual({ messages, tools });
});

test('the tools of the imported line go along, bare ones and ones written as text too', () => {
	const track = { name: 'track', parameters: {} };
	const wrapped = { type: 'function', function: track };
	const line = (tools: unknown) =>
		JSON.parse(chatLine({ messages, rewrite: null, source: JSON.stringify({ messages, tools }) }));
	expect(line([wrapped])).toEqual({ messages, tools: [wrapped] });
	expect(line(JSON.stringify([track]))).toEqual({ messages, tools: [wrapped] });
	expect(line('not JSON')).toEqual({ messages });
	expect(line([])).toEqual({ messages });
	expect(line([null])).toEqual({ messages });
});

test('a training line can be imported again', () => {
	expect(parseLine(chatLine({ messages, rewrite: null }, 'Be brief.'), 1)).toMatchObject({ ok: true, source: null });
});

test('how much an imported line counts goes along where the provider takes it, and is no weight of a turn', () => {
	const line = (weight: unknown, taken?: object) =>
		JSON.parse(chatLine({ messages, rewrite: null, source: JSON.stringify({ messages, weight }) }, null, taken));
	for (const weight of [0, 0.5, 3]) {
		expect(line(weight)).toEqual({ messages, weight });
		expect(line(weight, { weights: false })).toEqual({ messages });
	}
	for (const damaged of [-1, 'heavy', null, [1]]) expect(line(damaged)).toEqual({ messages });
	expect(JSON.parse(preferenceLine({ messages, rewrite: 'Monday.', source: '{"weight":2}' }))).toMatchObject({
		input: { messages: [messages[0]] },
		weight: 2
	});
	expect(chatLine({ messages, rewrite: null, source: '{"weight":' })).not.toContain('weight');
});

test('what a line asks are the turns before its last answer, without the system prompt; of a pair all that was asked', () => {
	const system: Message = { role: 'system', content: 'Be brief.' };
	const asked = 'user\nwhere is it?\n';
	expect(promptOfLine(chatLine({ messages, rewrite: null }, 'Be brief.'))).toBe(asked);
	expect(promptOfLine(chatLine({ messages: [...messages, ...messages], rewrite: null }))).toBe(
		`${asked}assistant\ndunno.\n${asked}`
	);
	expect(promptOfLine(preferenceLine({ messages: [system, ...messages], rewrite: 'On its way.' }))).toBe(asked);
});

test('tools stand in a line under either name', () => {
	const tools = [{ type: 'function', function: { name: 'f' } }];
	for (const name of ['tools', 'functions']) expect(toolsIn(JSON.stringify({ [name]: tools }))).toEqual({ tools });
	expect(toolsIn('{"messages":[]}')).toBeNull();
	expect(toolsIn('"tools" and "functions"')).toBeNull();
	expect(toolsIn(null)).toBeNull();
});
