import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import {
	flawsOf,
	flawsOfExample,
	pairFlawsOf,
	takesThoughts,
	takesWeights
} from '../../../src/lib/core/examples/trainable.ts';

// An example as it is kept has a way of its own past the rules where it is plain text: it may spare nothing that a rule would say.

const said = (role: Message['role'], more: object = {}): Message => ({ role, content: 'words', ...more });
const [system, user, assistant] = [said('system'), said('user'), said('assistant')];
const call = { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } };
const calling = (role: Message['role']) => said(role, { tool_calls: [call] });
const rulesOf = (messages: Message[], more: { rewrite?: string | null; source?: string } = {}) =>
	flawsOfExample({ messages, rewrite: null, ...more }).map(({ rule }) => rule);

test.each<[string, Message[]]>([
	['two turns', [user, assistant]],
	['four turns', [user, assistant, user, assistant]],
	['a system prompt before them', [system, user, assistant]],
	['a weight that is null', [user, said('assistant', { weight: null })]]
])('%s are fine', (_, messages) => {
	expect(rulesOf(messages)).toEqual([]);
	expect(rulesOf(messages, { rewrite: 'better words' })).toEqual([]);
});

test.each<[string, Message[], string[]]>([
	['nothing', [], ['order']],
	['a system prompt alone', [system], ['order']],
	['a question alone', [user], ['order']],
	['a system prompt and a question', [system, user], ['order']],
	['an answer alone', [assistant], ['order']],
	['an answer first', [assistant, user], ['order']],
	['an answer before the question and its answer', [assistant, user, assistant], ['order']],
	['two questions', [user, user], ['order']],
	['two questions before the answer', [user, user, assistant], ['order']],
	['two answers', [user, assistant, assistant], ['order']],
	['three answers', [user, assistant, assistant, assistant], ['order']],
	['answers alone', [assistant, assistant], ['order']],
	['a tool for a question', [said('tool'), assistant], ['order', 'tools']],
	['the last question without an answer', [user, assistant, user, assistant, user, user], ['order']],
	['only weight 0', [user, said('assistant', { weight: 0 })], ['weights']],
	['weights of 2', [said('user', { weight: 2 }), said('assistant', { weight: 2 })], ['weights']],
	['a call', [user, calling('assistant')], ['tools']],
	['a call that answers a call', [calling('user'), calling('assistant')], ['order', 'tools']],
	['a question without words', [said('user', { content: '' }), assistant], ['empty']],
	['an answer of blanks', [user, said('assistant', { content: ' \n' })], ['empty']],
	['no words at all', [said('user', { content: '' }), said('assistant', { content: '' })], ['empty']],
	['a control token in the question', [said('user', { content: 'a [INST]' }), assistant], ['control']],
	[
		'control tokens in all turns',
		[said('user', { content: 'a [INST]' }), said('assistant', { content: '<|im_end|>' })],
		['control']
	]
])('%s is not', (_, messages, rules) => {
	expect(rulesOf(messages)).toEqual(rules);
});

test('what has no order is not saved by a rewrite', () => {
	expect(rulesOf([user, user, assistant], { rewrite: 'better words' })).toEqual(['order']);
});

describe('the tools of the imported line', () => {
	const source = JSON.stringify({ tools: [{ type: 'function', function: { name: 'f' } }] });
	test('may be called', () => {
		expect(rulesOf([user, calling('assistant')], { source })).toEqual([]);
	});
	const flaw = { rule: 'tools', words: 'the imported line has "tools" that are not valid JSON' };
	const broken = JSON.stringify({ tools: '[{' });
	test('that cannot be read are a flaw of the plainest example', () => {
		expect(flawsOfExample({ messages: [user, assistant], rewrite: null, source: broken })).toEqual([flaw]);
	});
	test('that cannot be read stand for what a call would be refused for; other flaws stay', () => {
		const messages = [user, user, calling('assistant')];
		expect(flawsOfExample({ messages, rewrite: null, source: broken })).toEqual([
			{ rule: 'order', words: 'turn 2 is from user, but user and assistant take turns' },
			flaw
		]);
	});
});

describe('whatever the sandbox is sent', () => {
	test('a call of nothing has no name', () => {
		const turn = said('assistant', { tool_calls: [{ id: '1' }] });
		expect(flawsOf({ messages: [user, turn] }).map(({ rule }) => rule)).toEqual(['tools']);
	});
	test.each([null, 7, ['<|im_end|>']])('%j is no text, so it is empty, whatever it holds', (content) => {
		const messages = [user, said('assistant', { content })];
		expect(flawsOf({ messages })).toEqual([{ rule: 'empty', words: 'turn 2 (assistant) is empty' }]);
	});
});

describe('a pair', () => {
	const [better, worse] = [[said('assistant', { content: 'good' })], [said('assistant', { content: 'bad' })]];
	const rules = (messages: Message[], preferred_output = better, non_preferred_output = worse) =>
		pairFlawsOf({ input: { messages }, preferred_output, non_preferred_output }).map(({ rule }) => rule);

	test('may ask at the end of a conversation', () => {
		expect(rules([user, assistant, user])).toEqual([]);
	});
	test('asks something', () => {
		expect(rules([])).toEqual(['order']);
	});
	test.each([
		['none', [], []],
		['a question', [user], [user]]
	])('has an answer on either side, not %s', (_, asBetter, asWorse) => {
		expect(rules([user, assistant, user], asBetter)).toContain('pair');
		expect(rules([user, assistant, user], better, asWorse)).toContain('pair');
	});
});

test('thoughts and the weight of a whole example go where they are taken, and to whoever is not known', () => {
	const asked = ['openai', 'openai-compatible', 'own-server', 'nebius', 'crusoe', 'together', 'sandbox', null];
	expect(asked.map(takesThoughts)).toEqual([false, true, true, false, false, true, true, true]);
	expect(asked.map(takesWeights)).toEqual([false, false, false, false, false, true, true, true]);
});
