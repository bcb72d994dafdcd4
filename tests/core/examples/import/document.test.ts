import { expect, test } from 'vitest';
import fc from 'fast-check';
import { splitDocument } from '../../../../src/lib/core/examples/import/document.ts';

test('JSONL keeps its line numbers', () => {
	expect(splitDocument('\ufeff{"a":1}\r\n\r\n{"a":2}\n')).toEqual([
		{ number: 1, text: '{"a":1}' },
		{ number: 3, text: '{"a":2}' }
	]);
});

test('an element of an array carries the line it begins on, and becomes one line', () => {
	const text = '[\n  {\n    "a": "x, [y]\\n\\"",\n    "b": [1, 2]\n  },\n\n  {"a": 2}\n]\n';
	expect(splitDocument(text)).toEqual([
		{ number: 2, text: '{ "a": "x, [y]\\n\\"", "b": [1, 2] }' },
		{ number: 7, text: '{"a": 2}' }
	]);
});

test('elements that share a line are counted instead', () => {
	expect(splitDocument(' [{"a":1},{"a":[{}]},3]').map((element) => [element.number, element.text])).toEqual([
		[1, '{"a":1}'],
		[2, '{"a":[{}]}'],
		[3, '3']
	]);
});

test('one object written over several lines, and several of them', () => {
	expect(splitDocument('{\n  "a": 1\n}')).toEqual([{ number: 1, text: '{ "a": 1 }' }]);
	expect(splitDocument('{\r\n  "a": 1\r\n}\r\n{\n  "a": 2\n}').map((each) => each.number)).toEqual([1, 4]);
});

test('one element alone carries its line too', () => {
	expect(splitDocument('[\n\n  {"a": 1}]')).toEqual([{ number: 3, text: '{"a": 1}' }]);
});

test('white space around an element goes, line ends and indents inside become one space', () => {
	const texts = (text: string) => splitDocument(text).map((each) => each.text);
	expect(texts('[ 1 , "a" \t]')).toEqual(['1', '"a"']);
	const pretty = ['[', '{', '\t"a":', ' \t ', '', '\t\t1,  "b": 2', '}', ']'];
	for (const end of ['\n', '\r\n']) expect(texts(pretty.join(end))).toEqual(['{ "a": 1,  "b": 2 }']);
});

test('64 levels are not too deep', () => {
	const nested = '['.repeat(64) + ']'.repeat(64);
	expect(splitDocument(`[${nested},\n[${nested}]]`)).toEqual([
		{ number: 1, text: nested },
		{ number: 2, text: null, reason: 'Line 2 cannot be kept: it is nested more than 64 levels deep' }
	]);
});

test('only what begins with an opening bracket is a document; a bracket at the end of a line is not enough', () => {
	const numbered = (text: string) => splitDocument(text).map((each) => [each.number, each.text]);
	for (const first of ['{"a":{', '{"a":', 'a {']) {
		expect(numbered(`${first}\n{"b":1}`)).toEqual([
			[1, first],
			[2, '{"b":1}']
		]);
	}
	expect(numbered('{ \t\r\n"a":1}')).toEqual([[1, '{ \t "a":1}']]);
	expect(numbered('{')).toEqual([[1, '{']]);
});

test('a broken element does not hide the others before it', () => {
	expect(splitDocument('[\n{"a":1},\n{"a":\n')).toEqual([
		{ number: 2, text: '{"a":1}' },
		{ number: 3, text: '{"a":' }
	]);
	expect(splitDocument('[')).toEqual([]);
	expect(splitDocument('[]')).toEqual([]);
	expect(splitDocument(' \n')).toEqual([]);
});

test('whatever an array holds, its elements come out whole, on one line each', () => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue())),
			fc.constantFrom(0, 2, '\t'),
			(values, indent) => {
				const elements = splitDocument(JSON.stringify(values, null, indent));
				expect(elements.map((element) => JSON.parse(element.text!))).toEqual(JSON.parse(JSON.stringify(values)));
				expect(elements.some((element) => element.text!.includes('\n'))).toBe(false);
			}
		)
	);
});

test('a megabyte of blanks, in a text or between two values, is nothing special', () => {
	const blanks = ' '.repeat(1_000_000);
	const values = [{ input: `a${blanks}b` }, { input: 'c' }];
	const written = JSON.stringify(values).replace('},{', `}${blanks}\n${blanks},${blanks}{`);
	expect(splitDocument(written).map(({ text }) => JSON.parse(text!))).toEqual(values);
});
