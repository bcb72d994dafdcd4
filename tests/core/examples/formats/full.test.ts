import { expect, test } from 'vitest';
import fc from 'fast-check';
import { fullLine } from '../../../../src/lib/core/examples/formats/full.ts';
import type { Message } from '../../../../src/lib/core/examples/example.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const text = fc
	.oneof(
		fc.string({ unit: 'binary-ascii' }),
		fc.string({ unit: 'grapheme' }),
		fc.constantFrom('a\u0000b', '"\\\n\u2028', '🫖')
	)
	.filter((value) => value.trim() !== '' && value.isWellFormed());
const weight = fc.option(fc.constantFrom<0 | 1>(0, 1), { nil: undefined });
const call = fc.record({
	id: text,
	type: fc.constant('function' as const),
	function: fc.record({ name: text, arguments: fc.string() })
});
const user = fc.record({ role: fc.constant('user' as const), content: text });
const assistant = fc.record({ role: fc.constant('assistant' as const), content: text, weight });
const calling = fc.record({
	role: fc.constant('assistant' as const),
	content: fc.constant(''),
	tool_calls: fc.array(call, { minLength: 1 })
});
const tool = fc.record({ role: fc.constant('tool' as const), content: text, tool_call_id: text });
const system = fc.record({ role: fc.constant('system' as const), content: text });

const messages = fc
	.tuple(
		fc.option(system),
		user,
		fc.array(fc.oneof(user, assistant, calling, tool), { maxLength: 6 }),
		fc.oneof(assistant, calling)
	)
	.map(([first, question, middle, last]) => [...(first ? [first] : []), question, ...middle, last] as Message[]);

const example = fc.record({
	id: fc.uuid(),
	messages,
	rating: fc.option(fc.integer({ min: 1, max: 10 })),
	rewrite: fc.option(text.filter((value) => !value.includes('\u0000'))),
	split: fc.option(fc.constantFrom('train' as const, 'validation' as const))
});

test('what goes out comes back the same', () => {
	fc.assert(
		fc.property(example, (given) => {
			const { id, messages, rating, rewrite, split } = given;
			const line = fullLine(given);
			expect(line).not.toContain('\n');
			// undefined fields do not exist in JSON
			expect(parseLine(line, 1)).toEqual({
				ok: true,
				line: 1,
				id,
				messages: JSON.parse(JSON.stringify(messages)),
				rating,
				rewrite,
				split,
				source: line
			});
		}),
		{ numRuns: 1000 }
	);
});

const plain = {
	id: 'e1',
	messages: [
		{ role: 'user', content: 'a' },
		{ role: 'assistant', content: 'b' }
	] as Message[],
	rating: 8,
	rewrite: null,
	split: null
};

test('the exact line', () => {
	expect(fullLine(plain)).toBe(
		'{"id":"e1","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rating":8}'
	);
	expect(fullLine({ ...plain, rating: null, rewrite: 'c', split: 'train' })).toBe(
		'{"id":"e1","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rating":null,"rewrite":"c","split":"train"}'
	);
});

test('the mean of several people is rounded, and can still be imported', () => {
	const line = fullLine({ ...plain, rating: 7.5 });
	expect(JSON.parse(line)).toMatchObject({ rating: 8, meanRating: 7.5 });
	expect(parseLine(line, 1)).toMatchObject({ ok: true, rating: 8 });
});

test('fields of the imported line survive, ours are not overwritten by old ones', () => {
	const source = JSON.stringify({
		id: 3,
		messages: [],
		rating: 1,
		originalOutput: 'x',
		tools: [1],
		createdAt: '2026-01-01'
	});
	expect(JSON.parse(fullLine({ ...plain, source }))).toEqual({
		id: 3,
		exampleId: 'e1',
		messages: plain.messages,
		rating: 8,
		tools: [1],
		createdAt: '2026-01-01'
	});
});

test('the words of another format are not repeated beside the messages, what it says besides is', () => {
	const source = '{"id":"T-7","instruction":"a","output":"b","topic":"x","tools":"[{\\"name\\":\\"f\\"}]"}';
	expect(JSON.parse(fullLine({ ...plain, source }))).toEqual({
		...JSON.parse(fullLine(plain)),
		id: 'T-7',
		exampleId: 'e1',
		topic: 'x',
		tools: '[{"name":"f"}]'
	});
});

test('a "system" that was not made a turn when the line was imported goes out again', () => {
	const source = JSON.stringify({ messages: plain.messages, system: 'Rhyme.' });
	expect(JSON.parse(fullLine({ ...plain, source }))).toMatchObject({ system: 'Rhyme.' });
	const messages: Message[] = [{ role: 'system', content: 'Rhyme.' }, ...plain.messages];
	expect(JSON.parse(fullLine({ ...plain, messages, source }))).not.toHaveProperty('system');
});

test('a line that cannot be read any more adds nothing', () => {
	for (const source of ['not JSON', 'null', '{}', null, undefined]) {
		expect(fullLine({ ...plain, source })).toBe(fullLine(plain));
	}
});
