import { expect, test } from 'vitest';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const parsed = (row: unknown) => parseLine(JSON.stringify(row), 1);
const messages = [
	{ role: 'user', content: 'a' },
	{ role: 'assistant', content: 'b' }
];

test('a list of turns alone is a conversation, in either spelling', () => {
	expect(parsed(messages)).toMatchObject({ ok: true, messages });
	expect(
		parsed([
			{ from: 'human', value: 'a' },
			{ from: 'gpt', value: 'b' }
		])
	).toMatchObject({ ok: true, messages });
	expect(parsed([{ role: 'developer', content: 'c' }, ...messages])).toMatchObject({
		ok: true,
		messages: [{ role: 'system', content: 'c' }, ...messages]
	});
});

test.each([[[]], [[null]], [['role']], [[7, ...messages]], [[{ content: 'a' }, ...messages]], [[[]]]])(
	'%j is a list like any other',
	(list) => {
		expect(parsed(list)).toEqual({
			ok: false,
			line: 1,
			reason: 'Line 1 is a list, not an object like {"messages": […]}'
		});
	}
);

test('a line that says more than its turns is kept as it came', () => {
	const sources = [
		{ messages },
		{ messages, topic: 1 },
		{ messages: [{ ...messages[0], name: 'Ann' }, messages[1]] }
	].map((row) => {
		const result = parsed(row);
		return result.ok && result.source === JSON.stringify(row);
	});
	expect(sources).toEqual([false, true, true]);
	// what pandas writes into an empty column is no part of the question
	expect(parsed({ instruction: 'a', input: 'nan', output: 'b' })).toMatchObject({
		source: '{"instruction":"a","input":"nan","output":"b"}'
	});
	expect(parsed({ instruction: 'a', input: '', output: 'b' })).toMatchObject({ source: null });
});

test('a field that stands there twice is told, in the row and in a turn; in a text it may', () => {
	const reason = (text: string) => {
		const result = parseLine(text, 1);
		return result.ok ? null : result.reason;
	};
	const turns = JSON.stringify(messages);
	expect(reason(`{"messages":${turns},"messages":[]}`)).toContain('"messages"');
	expect(reason(`{"messages":${turns.replace('"content":"a"', '"content":"a","content":"c"')}}`)).toContain(
		'"content"'
	);
	expect(reason(`{"messages":${turns.replace('"a"', JSON.stringify('"content":"content"'))}}`)).toBeNull();
	expect(reason(`{"messages":${turns},"topic":{"messages":1}}`)).toBeNull();
});
