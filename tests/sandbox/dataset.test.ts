import { expect, test } from 'vitest';
import { inspect, pairsOf } from '../../src/sandbox/dataset.ts';

const turn = (role: string, content: unknown = 'words', more: object = {}) => ({ role, content, ...more });
const [system, user, assistant] = [turn('system'), turn('user'), turn('assistant')];
const line = (...messages: unknown[]) => JSON.stringify({ messages });
const good = line(user, assistant);
const calls = turn('assistant', null, { tool_calls: [{ id: '1' }] });

const check = async (...lines: string[]) => inspect(Buffer.from(lines.join('\n')));

test.each([
	['a plain pair', good],
	['a system prompt and several turns', line(system, user, assistant, user, assistant)],
	['a tool that is called', line(user, calls, turn('tool'), assistant)],
	['weights', line(user, turn('assistant', 'words', { weight: 0 }), user, turn('assistant', 'words', { weight: 1 }))]
])('accepts %s', async (_, text) => {
	expect(await check(text)).toMatchObject({ lines: 1, problem: null });
});

test.each([
	['not JSON', '{', 'is not JSON'],
	['no messages', '{"prompt":"a"}', 'has no "messages" list'],
	['no turns', line(), 'empty "messages"'],
	['no answer', line(user), 'no assistant message'],
	['an empty answer', line(user, turn('assistant', '  ')), 'message 2 (assistant) has no content'],
	['content that is no text', line(user, turn('assistant', 7)), 'has no content'],
	['an unknown role', line(turn('bot'), assistant), 'unknown role'],
	['a late system prompt', line(user, system, assistant), 'have to alternate'],
	['two questions in a row', line(user, user, assistant), 'have to alternate'],
	['two answers in a row', line(user, assistant, assistant), 'have to alternate'],
	['an answer first', line(assistant), 'have to alternate'],
	['a tool nobody called', line(user, turn('tool'), assistant), 'have to alternate'],
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
