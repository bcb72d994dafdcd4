import { expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import {
	flawsOf,
	pairFlawsOf,
	refusedBy,
	takesThoughts,
	trainingRules
} from '../../../src/lib/core/examples/trainable.ts';

const said = (role: Message['role'], more: object = {}): Message => ({ role, content: 'words', ...more });
const [system, user, assistant] = [said('system'), said('user'), said('assistant')];
const call = (id: unknown = '1', name: unknown = 'f') => ({
	id,
	type: 'function',
	function: { name, arguments: '{}' }
});
const calling = (...calls: unknown[]) => said('assistant', { content: '', tool_calls: calls });
const answer = (id?: string) => said('tool', { tool_call_id: id });
const tools = [{ type: 'function' as const, function: { name: 'f' } }];

test.each<[string, Message[]]>([
	['a pair', [user, assistant]],
	['a system prompt and several turns', [system, user, assistant, user, assistant]],
	['a call, its answer and what follows from it', [user, calling(call()), answer('1'), assistant, user, assistant]],
	['two calls at once', [user, calling(call('1'), call('2')), answer('2'), answer('1'), assistant]],
	['a call at the end', [user, calling(call())]],
	['a call again after an answer', [user, calling(call('1')), answer('1'), calling(call('2')), answer('2'), assistant]],
	['weights', [user, said('assistant', { weight: 0 }), user, said('assistant', { weight: 1 })]],
	['a weight that is null', [user, said('assistant', { weight: null })]]
])('%s is fine', (_, messages) => {
	expect(flawsOf({ messages, tools })).toEqual([]);
});

test.each<[string, Message[], string, string]>([
	['order', [user, user, assistant], 'order', 'turn 2 is from user, but user and assistant take turns'],
	['order', [user, assistant, assistant], 'order', 'turn 3 is from assistant, but user and assistant take turns'],
	[
		'order',
		[assistant],
		'order',
		'turn 1 is from assistant, but a conversation begins with the system prompt or the user'
	],
	['order', [system, assistant], 'order', 'turn 2 is from assistant, but after the system prompt comes the user'],
	['order', [user, system, assistant], 'order', 'turn 2 is a system prompt; it can only come first'],
	[
		'order',
		[user, calling(call()), assistant],
		'order',
		'turn 3 is from assistant, but the tools that were called answer first'
	],
	[
		'order',
		[user, calling(call()), answer('1'), user, assistant],
		'order',
		'turn 4 is from user, but after a tool comes the assistant'
	],
	['order', [user], 'order', 'there is no answer of the assistant'],
	['tools', [user, calling(call('1', 'g'))], 'tools', 'turn 2 calls "g", which is not among its tools'],
	['tools', [user, calling(call(null))], 'tools', 'turn 2 calls "f" without an id'],
	['tools', [user, calling(call(''))], 'tools', 'turn 2 calls "f" without an id'],
	['tools', [user, calling(null)], 'tools', 'turn 2 has a call without the name of a function'],
	[
		'tools',
		[user, calling(call()), answer(), assistant],
		'tools',
		`turn 3 is a tool's answer that names no call ("tool_call_id")`
	],
	['tools', [user, calling(call()), answer('2'), assistant], 'tools', 'turn 3 answers a call that nobody has made'],
	[
		'tools',
		[user, calling(call()), answer('1'), answer('1'), assistant],
		'tools',
		'turn 4 answers a call that nobody has made'
	],
	['weights', [user, said('assistant', { weight: 0.5 })], 'weights', 'turn 2 has a weight that is neither 0 nor 1'],
	[
		'weights',
		[user, said('assistant', { weight: 0 })],
		'weights',
		'every answer has the weight 0, so there is nothing to learn'
	],
	['empty', [said('user', { content: ' ' }), assistant], 'empty', 'turn 1 (user) is empty']
])('%s: %j', (_, messages, rule, words) => {
	expect(flawsOf({ messages, tools })).toEqual([{ rule, words }]);
});

test('calls need the list of tools', () => {
	const words = 'turn 2 calls "f", but the example has no list of tools';
	expect(flawsOf({ messages: [user, calling(call())] })).toEqual([{ rule: 'tools', words }]);
});

test('of each rule the first flaw is told', () => {
	const messages = [said('user', { content: '' }), user, said('assistant', { weight: 0 }), assistant, assistant];
	expect(flawsOf({ messages }).map(({ rule }) => rule)).toEqual(['order', 'empty']);
});

test('what is refused depends on where it goes; a stranger is as strict as can be', () => {
	const strict = trainingRules.filter((rule) => rule !== 'control'); // those a model decides about
	for (const provider of ['together', 'sandbox', 'nebius', 'crusoe', 'else', null])
		expect(refusedBy(provider)).toEqual(strict);
	expect(refusedBy('openai')).toEqual(['tools', 'weights', 'empty', 'pair']);
	for (const provider of ['openai-compatible', 'own-server'])
		expect(refusedBy(provider)).toEqual(['weights', 'empty', 'pair']);
	expect(['openai', 'together', 'openai-compatible', null].map(takesThoughts)).toEqual([false, true, true, true]);
});

test.each<[string, Message[], Message[], Message[], string[]]>([
	['is fine', [system, user], [assistant], [said('assistant', { content: 'others' })], []],
	['has one answer twice', [user], [assistant], [assistant], ['pair']],
	[
		'has two turns for an answer',
		[user],
		[assistant, assistant],
		[said('assistant', { content: 'x' })],
		['order', 'pair']
	],
	[
		'ends with the assistant',
		[user, assistant],
		[said('assistant', { content: 'x' })],
		[said('assistant', { content: 'y' })],
		['order', 'pair']
	],
	['has an empty worse answer', [user], [assistant], [said('assistant', { content: ' ' })], ['empty']],
	['has a control token', [user], [assistant], [said('assistant', { content: 'a <|im_end|> b' })], ['control']]
])('a pair that %s', (_, messages, preferred_output, non_preferred_output, rules) => {
	const flaws = pairFlawsOf({ input: { messages }, preferred_output, non_preferred_output });
	expect(flaws.map(({ rule }) => rule)).toEqual(rules);
});
