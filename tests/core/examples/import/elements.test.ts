import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../../src/lib/core/steps.ts';
import { splitDocument } from '../../../../src/lib/core/examples/import/document.ts';
import { elementSplitter } from '../../../../src/lib/core/examples/import/elements.ts';

const encoder = new TextEncoder();
const texts = (text: string) => splitDocument(text).map((each) => each.text);
const numbered = (...lines: string[]) => splitDocument(lines.join('\n')).map(({ number, text }) => [number, text]);
/** Of texts that arrive as slices. */
const inSlices = (longest: number, ...slices: string[]) => {
	const splitter = elementSplitter(longest);
	const found = slices.flatMap((slice) => [...splitter.take(encoder.encode(slice))]);
	return [...found, ...splitter.end()].map(({ text, reason }) => text ?? reason);
};
const passed = (...slices: string[]) => {
	const splitter = elementSplitter();
	return (
		slices.reduce((sum, slice) => sum + atOnce(splitter.pass(encoder.encode(slice))), 0) + [...splitter.end()].length
	);
};

describe('a line end', () => {
	test('is the end of what stands outside of a list', () => {
		expect(numbered('[1]', 'hello', 'you', '{"a":', '1}', 'end')).toEqual([
			[1, '1'],
			[2, 'hello'],
			[3, 'you'],
			[4, '{"a": 1}'],
			[6, 'end']
		]);
	});
	test('is none of what stands in a list', () => {
		expect(texts('[12\n34, 5\n]')).toEqual(['12 34', '5']);
	});
	test('ends a text that lacks its quotation mark', () => {
		expect(texts('[{"a": "b}\n, {"a": "c"}]')).toEqual(['{"a": "b}', '{"a": "c"}']);
		expect(texts('["a\n, "b"]')).toEqual(['"a', '"b"']);
		expect(texts('["a\\\n, "b"]')).toEqual(['"a\\', '"b"']);
	});
});

describe('a list of turns is told by the first field of the first object alone', () => {
	test('not by one that comes later, however broken it is', () => {
		expect(texts('[{[1], "role": 1}, 2]')).toEqual(['{[1], "role": 1}', '2']);
		expect(texts('[{}, {"role": 1}]')).toEqual(['{}', '{"role": 1}']);
	});
	test('not by one that only begins or ends like it', () => {
		expect(texts('[{"role_of_the_user_who_asks": 1}, 2]')).toEqual(['{"role_of_the_user_who_asks": 1}', '2']);
		expect(texts('[{"a role": 1}, 2]')).toEqual(['{"a role": 1}', '2']);
	});
	test('and may hold the sign that stands for what is no character', () => {
		const turns = '[{"role":"user","content":"\ufffd"}]';
		expect(texts(turns)).toEqual([turns]);
	});
});

describe('one that lacks its bracket', () => {
	test('is told from the next by the first field they share', () => {
		expect(texts('[ {"a": 1}, {"a": 2, {"a": 3}]')).toEqual(['{"a": 1}', '{"a": 2', '{"a": 3}']);
	});
	test('is told by the indent, where the bracket stands alone', () => {
		for (const indent of ['', ' ', '  ', '\t', ' \t '])
			expect(numbered('[', `${indent}{`, '"a": 1,', `${indent}{`, '"b": 2', `${indent}}`, ']')).toEqual([
				[2, '{ "a": 1'],
				[4, '{ "b": 2 }']
			]);
	});
	test('leaves the others on the lines where they stand', () => {
		expect(numbered('[', '{"a": 1,', '{"a":', '2},', '{"a":', '3},', '{"a": 4}', ']', '{"a": 5}')).toEqual([
			[2, '{"a": 1'],
			[3, '{"a": 2}'],
			[5, '{"a": 3}'],
			[7, '{"a": 4}'],
			[9, '{"a": 5}']
		]);
	});
});

describe('of at most 20 characters', () => {
	const tooLong = 'Line 1 is longer than 20 characters';
	test('a longer one is refused, in however many slices it comes', () => {
		const long = ['[{"a": "', 'x'.repeat(60), 'x'.repeat(60), '"}', ', {"a": 2}]'];
		expect(inSlices(20, ...long)).toEqual([tooLong, '{"a": 2}']);
		expect(inSlices(20, long.join(''))).toEqual([tooLong, '{"a": 2}']);
		expect(inSlices(20, '[{"a": "', 'x'.repeat(50), 'x'.repeat(10), '"}, {"a": 2}]')).toEqual([tooLong, '{"a": 2}']);
	});
	test('the same of one whose beginning tells nothing', () => {
		expect(inSlices(20, '[[', '1,'.repeat(30), '1,'.repeat(30), '1]', ', 2]')).toEqual([tooLong, '2']);
	});
	test('one has exactly so many', () => {
		expect(inSlices(20, `[{"a": "${'x'.repeat(11)}"}]`)).toEqual([`{"a": "${'x'.repeat(11)}"}`]);
		expect(inSlices(20, `[{"a": "${'x'.repeat(12)}"}]`)).toEqual([tooLong]);
	});
	test('one that holds something like itself stays whole, in however many slices it comes', () => {
		expect(inSlices(20, '[{"a": [{"a"', ': 1}]}]')).toEqual(['{"a": [{"a": 1}]}']);
	});
	test('those that one has swallowed are found before it is given up', () => {
		const many = Array.from({ length: 8 }, (_, at) => `{"a": ${at}, `);
		expect(inSlices(20, '[', ...many, '{"a": 8}]')).toEqual([...many.map((each) => each.slice(0, -2)), '{"a": 8}']);
	});
});

test('what passes by is counted as it would be read', () => {
	for (const [slices, count] of [
		[['[{"a": 1}, {"a"', ': 2}, 3]\n4'], 4],
		[['[{"a": 1}, {"a": 2, {"a": 3}]'], 3],
		[['[{"role": 1}, {"role": 2}]\n[{"role": 3}]'], 2],
		[['[{"role": 1}]\n[{"role": 2}, {"role"]'], 2],
		[['[]'], 0]
	] as const) {
		expect(passed(...slices)).toBe(count);
		expect(splitDocument(slices.join(''))).toHaveLength(count);
	}
});
