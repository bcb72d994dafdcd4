import { expect, test } from 'vitest';
import { inspect, pairsOf } from '../../src/sandbox/dataset.ts';

const turn = (role: string, content: unknown = 'words', more: object = {}) => ({ role, content, ...more });
const [system, user, assistant] = [turn('system'), turn('user'), turn('assistant')];
const line = (...messages: unknown[]) => JSON.stringify({ messages });
const good = line(user, assistant);
const calls = turn('assistant', null, {
	tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }]
});
const answer = turn('tool', 'words', { tool_call_id: '1' });
const tools = [{ type: 'function', function: { name: 'f' } }];

const check = async (...lines: string[]) => inspect(Buffer.from(lines.join('\n')));

test.each([
	['a plain pair', good],
	['a system prompt and several turns', line(system, user, assistant, user, assistant)],
	['a tool that is called', JSON.stringify({ messages: [user, calls, answer, assistant], tools })],
	['weights', line(user, turn('assistant', 'words', { weight: 0 }), user, turn('assistant', 'words', { weight: 1 }))]
])('accepts %s', async (_, text) => {
	expect(await check(text)).toMatchObject({ lines: 1, problem: null });
});

test.each([
	['not JSON', '{', 'is not JSON'],
	['no messages', '{"prompt":"a"}', 'has no "messages" list'],
	['no turns', line(), 'empty "messages"'],
	['no answer', line(user), 'no answer of the assistant'],
	['a tool that nobody offers', line(user, calls, answer, assistant), 'no list of tools'],
	[
		'a tool that answers no call',
		JSON.stringify({ messages: [user, calls, turn('tool'), assistant], tools }),
		'names no call'
	],
	['damaged tools', JSON.stringify({ messages: [user, assistant], tools: 'no' }), 'damaged "tools"'],
	['nothing to learn', line(user, turn('assistant', 'words', { weight: 0 })), 'nothing to learn'],
	['an empty answer', line(user, turn('assistant', '  ')), 'message 2 (assistant) has no content'],
	['content that is no text', line(user, turn('assistant', 7)), 'has no content'],
	['an unknown role', line(turn('bot'), assistant), 'unknown role'],
	['a late system prompt', line(user, system, assistant), 'can only come first'],
	['two questions in a row', line(user, user, assistant), 'from '],
	['two answers in a row', line(user, assistant, assistant), 'from '],
	['an answer first', line(assistant), 'from '],
	['a tool nobody called', line(user, turn('tool'), assistant), 'from '],
	['half a weight', line(user, turn('assistant', 'words', { weight: 0.5 })), 'weight']
])('names the line with %s', async (_, text, words) => {
	const { problem } = await check(good, '', text, good);
	expect(problem).toMatch(/^Line 3 .*\.$/);
	expect(problem).toContain(words);
});

test('an empty file has no examples', async () => {
	expect((await check('')).problem).toBe('The file has no examples.');
});

test('counts the tokens, and reads every trained answer with what was asked before', async () => {
	const body = Buffer.from(
		`${line(turn('user', 'first'), turn('assistant', 'one', { weight: 0 }), turn('user', 'second'), turn('assistant', 'two'))}\r\n${good}\n`
	);
	const { lines, tokens, longestTokens, problem } = await inspect(body);
	expect({ lines, problem }).toEqual({ lines: 2, problem: null });
	expect(tokens).toBeGreaterThan(longestTokens);
	expect(await pairsOf(body, 2, 10)).toEqual([
		{ prompt: 'second', before: 'first', answer: 'two' },
		{ prompt: 'words', before: '', answer: 'words' }
	]);
});

test('of a large file it takes examples from everywhere', async () => {
	const body = Buffer.from(
		Array.from({ length: 1_000 }, (_, at) => line(turn('user', `q${at}`), turn('assistant', `a${at}`))).join('\n')
	);
	const pairs = await pairsOf(body, 1_000, 10);
	expect(pairs).toHaveLength(10);
	expect(pairs.at(-1)!.answer).toBe('a900');
});

const preferred = (better: string, worse: string, input: unknown[] = [user]) =>
	JSON.stringify({
		input: { messages: input },
		preferred_output: [turn('assistant', better)],
		non_preferred_output: [turn('assistant', worse)]
	});

test('a file of pairs is read as such, both answers of each', async () => {
	const body = Buffer.from([preferred('Yes.', 'No.', [system, user]), preferred('Now.', 'Later.')].join('\n'));
	expect(await inspect(body)).toMatchObject({ lines: 2, problem: null, format: 'preference' });
	expect(await pairsOf(body, 2, 10)).toEqual([
		{ prompt: 'words', before: '', answer: 'Yes.', rejected: 'No.' },
		{ prompt: 'words', before: '', answer: 'Now.', rejected: 'Later.' }
	]);
});

test.each([
	['one answer twice', preferred('Yes.', 'Yes.'), 'both answers say the same'],
	['an answer before the answers', preferred('Yes.', 'No.', [user, assistant]), 'is refused'],
	['half a pair', JSON.stringify({ input: { messages: [user] }, preferred_output: [assistant] }), 'is no pair'],
	['another format', good, 'of another format']
])('a file of pairs is refused for %s', async (_, text, words) => {
	expect((await check(preferred('Yes.', 'No.'), text)).problem).toMatch(new RegExp(`^Line 2 .*${words}`));
});
