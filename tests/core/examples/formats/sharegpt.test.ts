import { describe, expect, test } from 'vitest';
import { sharegpt } from '../../../../src/lib/core/examples/formats/sharegpt.ts';

const read = (conversations: unknown[], more: object = {}) => sharegpt.read({ conversations, ...more });
const turns = (...conversations: unknown[]) => {
	const draft = read(conversations);
	return typeof draft === 'string' ? draft : draft.turns;
};

test.each([
	['system', ['system']],
	['user', ['human', 'user', 'Human', 'USER']],
	['assistant', ['gpt', 'assistant', 'bot', 'model', 'ai', 'chatgpt', 'bing', 'bard', 'GPT', 'ChatGPT']],
	['tool', ['observation', 'function_response', 'tool', 'Observation']]
])('%s has these names: %j', (role, names) => {
	for (const from of names) {
		expect(turns({ from, value: 'words' })).toEqual([{ role, content: 'words' }]);
		expect(turns({ role: from, content: 'words' })).toEqual([{ role, content: 'words' }]);
	}
});

test.each([
	['nobody', '"nobody"'],
	['', '""'],
	[7, '7'],
	[null, 'undefined'],
	[['gpt'], 'a list']
])('%j is none of them', (from, words) => {
	expect(turns({ from, value: 'words' })).toContain(`has a turn from ${words}`);
});

describe('a system turn', () => {
	test.each([null, undefined, '', ' \n'])('that is first and says %j is none', (value) => {
		expect(turns({ from: 'system', value }, { from: 'human', value: 'Hi' })).toEqual([{ role: 'user', content: 'Hi' }]);
	});
	test('that says something stays, whatever it is', () => {
		expect(turns({ from: 'system', value: 7 })).toEqual([{ role: 'system', content: 7 }]);
	});
	test('that comes later stays too, to be refused', () => {
		expect(turns({ from: 'human', value: 'Hi' }, { from: 'system', value: '' })).toHaveLength(2);
	});
});

describe('a call', () => {
	const calling = (value: unknown) => turns({ from: 'function_call', value });
	const called = (name: string, given: string, id = 'call_1') => ({
		role: 'assistant',
		content: '',
		tool_calls: [{ id, type: 'function', function: { name, arguments: given } }]
	});
	test.each([
		['{"name": "f", "arguments": {"a": [1]}}', '{"a":[1]}'],
		['{"name": "f", "arguments": "{ }"}', '{ }'],
		['{"name": "f"}', '{}']
	])('%s', (value, given) => {
		expect(calling(value)).toEqual([called('f', given)]);
	});
	test.each(['{"arguments": {}}', '{"name": 7}', 'f()', 'null', null, 7])('%j is none', (value) => {
		expect(calling(value)).toContain('turn 1');
	});
	test('is answered by the tool behind it', () => {
		const call = { from: 'function_call', value: '{"name": "f"}' };
		const answer = { from: 'observation', value: 'words' };
		expect(turns(answer, call, answer, call, answer)).toEqual([
			{ role: 'tool', content: 'words' },
			called('f', '{}'),
			{ role: 'tool', content: 'words', tool_call_id: 'call_1' },
			called('f', '{}', 'call_2'),
			{ role: 'tool', content: 'words', tool_call_id: 'call_2' }
		]);
	});
	test('says more than what becomes of it', () => {
		expect(read([{ from: 'function_call', value: '{"name": "f"}' }])).toMatchObject({ saysMore: true });
		expect(read([{ from: 'gpt', value: '{"name": "f"}' }])).toMatchObject({ saysMore: false });
	});
});

test('the rewrite beside the turns is kept', () => {
	expect(read([{ from: 'gpt', value: 'a' }], { rewrite: 'b' })).toMatchObject({ rewrite: 'b' });
});
