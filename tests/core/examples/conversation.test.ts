import { describe, expect, test } from 'vitest';
import {
	conversationProblem,
	maxCharacters,
	rewriteProblem,
	toMessages
} from '../../../src/lib/core/examples/conversation.ts';
import { answerAt } from '../../../src/lib/core/examples/example.ts';

const user = (more: object = {}) => ({ role: 'user', content: 'Where is it?', ...more });
const assistant = (more: object = {}) => ({ role: 'assistant', content: 'On its way.', ...more });
const call = { type: 'function', function: { name: 'track', arguments: '{}' } };
const calling = (...tool_calls: unknown[]) => assistant({ content: null, tool_calls });

describe('of a turn', () => {
	test.each<[string, object, string | null]>([
		['a name', user({ name: 'ana' }), null],
		['no name after all', user({ name: null }), null],
		['a weight', assistant({ weight: 0 }), null],
		['a weight that no number holds', assistant({ weight: Infinity }), 'has the weight Infinity; a weight is 0 or 1'],
		['a name that is a number', user({ name: 7 }), 'has a name that is not text'],
		['a name, and nothing said', user({ name: 'ana', content: ' ' }), '(user) is empty'],
		['an answer to a call', { role: 'tool', content: 'Sent.', tool_call_id: 'call_1' }, null],
		[
			'an answer to no text',
			{ role: 'tool', content: 'Sent.', tool_call_id: 1 },
			'has a "tool_call_id" that is not text'
		],
		['a call', calling(call), null],
		['no call at all', calling(), 'has "tool_calls" that are not a list of calls'],
		['something else than calls', assistant({ tool_calls: 'track' }), 'has "tool_calls" that are not a list of calls'],
		[
			'a call of nothing',
			calling({ ...call, function: { name: '', arguments: '{}' } }),
			'has a tool call without a function name'
		],
		['a call that is none', calling(call, null), 'has a tool call without a function name'],
		[
			'a call with an object',
			calling({ ...call, function: { name: 'track', arguments: {} } }),
			'has a tool call whose arguments are not text'
		],
		['a call by the user', user({ tool_calls: [call] }), 'has "tool_calls", which only the assistant makes']
	])('%s', (_, turn, problem) => {
		expect(conversationProblem([user(), turn, assistant()])).toBe(problem && `turn 2 ${problem}`);
	});
});

describe('how much fits', () => {
	const turns = (count: number) => Array.from({ length: count }, (_, i) => (i % 2 ? assistant() : user()));
	const long = (length: number) => [user({ content: 'x'.repeat(length - 1) }), assistant({ content: 'y' })];

	test('200 turns', () => {
		expect(conversationProblem(turns(200))).toBeNull();
		expect(conversationProblem(turns(202))).toBe('202 turns are too many; at most 200 fit');
	});

	test('400,000 characters, those of tool calls included', () => {
		expect(conversationProblem(long(maxCharacters))).toBeNull();
		expect(conversationProblem(long(maxCharacters + 1))).toBe('400,001 characters are too many; at most 400,000 fit');
		const calls = JSON.stringify([call]).length;
		const [asked, answer] = long(maxCharacters - calls);
		expect(conversationProblem([asked, calling(call), answer])).toBeNull();
		const [more, end] = long(maxCharacters - calls + 1);
		expect(conversationProblem([more, calling(call), end])).toMatch(/^400,001 characters/);
	});

	test('as many in a rewrite', () => {
		expect(rewriteProblem('x'.repeat(maxCharacters))).toBeNull();
		expect(rewriteProblem('x'.repeat(maxCharacters + 1))).toMatch(/^the rewrite is too long: 400,001 characters/);
	});
});

test('a silent call says nothing, and what is said stays as it is', () => {
	const turns = [user(), calling(call), assistant()];
	expect(toMessages(turns)).toEqual([user(), { ...calling(call), content: '' }, assistant()]);
	const said = [user(), assistant()];
	expect(toMessages(said)).toBe(said);
});

test('the answer is the last turn of the assistant', () => {
	const turns = toMessages([user(), assistant(), user(), assistant(), user()]);
	expect(answerAt(turns)).toBe(3);
	expect(answerAt(turns.slice(0, 1))).toBe(-1);
});
