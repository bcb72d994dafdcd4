import { describe, expect, test } from 'vitest';
import { splitDocument, splitterFor } from '../../../../src/lib/core/examples/import/document.ts';

// Whether a file is a document or has a line for each example shows in what is made of it: only a line keeps its commas.

const texts = (...lines: string[]) => splitDocument(lines.join('\n')).map(({ text }) => text);
const isTold = (start: string) => splitterFor(new TextEncoder().encode(start), false) !== undefined;

describe('an object goes on in the second line', () => {
	test.each([
		['behind a bracket that is open', ['{"a": 1,', '"b": 2}']],
		['behind lists that are closed', ['{"a": [1],', '"b": 2}']],
		['behind a list that is open', ['{"a": [', '1, 2]}']],
		['behind objects that are closed', ['{"a": {},', '"b": 2}']],
		['behind a text with a bracket', ['{"a": "}",', '"b": 2}']],
		['with an object of its own', ['{"a": 1,', '"b": {"c": 1}', '}']]
	])('%s', (_, lines) => {
		expect(texts(...lines)).toEqual([lines.join(' ')]);
	});
});

describe('each line is one', () => {
	test.each([
		['where the first is whole', ['{"a": 1}', 'b, c']],
		['where the first is whole, with a list', ['{"a": [1]}', 'b, c']],
		['where the first has a bracket too many', ['{"a": 1}}', 'b, c']],
		['where the first has a bracket in a text', ['{"a": "{"}', 'b, c']],
		['where the first is no object', ['a {', 'b, c']],
		['where both lack their end', ['{"messages": [1],', '{"messages": [2],']],
		['where both lack their end, with a blank', ['{ "messages": [1],', '{ "messages": [2],']],
		['where only the second is whole', ['{"a": [1],', '{"b": 2} ']]
	])('%s', (_, lines) => {
		expect(texts(...lines)).toEqual(lines);
	});
});

test('a first line that only holds what the second begins with is no example that was cut off', () => {
	expect(texts('{ [{"a": 1}, 2', '{"a": [3,', '4]}')).not.toContain('{ [{"a": 1}, 2');
});

test('it is told as soon as it can be', () => {
	for (const start of ['[', 'a', ' \n[', '{"a": 1}\n', '{"a": [\n"b"\n'])
		expect([start, isTold(start)]).toEqual([start, true]);
	for (const start of ['', ' \n', '{', '{"a": 1}', '{"a": [\n', '{"a": [\n"b"'])
		expect([start, isTold(start)]).toEqual([start, false]);
});

test('of 4,096 bytes it is told whatever they are', () => {
	for (const start of ['{', '{"a": [\n', ' ']) {
		expect(isTold(start.padEnd(4_095))).toBe(false);
		expect(isTold(start.padEnd(4_096))).toBe(true);
	}
});
