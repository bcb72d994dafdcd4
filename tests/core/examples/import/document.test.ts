import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { elementSplitter } from '../../../../src/lib/core/examples/import/elements.ts';
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

const talk = (n: number) => ({
	messages: [
		{ role: 'user', content: `Question ${n}?` },
		{ role: 'assistant', content: `Answer [${n}], "quoted"` }
	]
});
const texts = (text: string) => splitDocument(text).map((each) => each.text);

describe('nothing behind the first array is left unread', () => {
	test('a second array', () => {
		expect(texts('[{"a":1}]\n[{"a":2},{"a":3}]')).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
		expect(texts('[][{"a":2}]\ufeff[3]')).toEqual(['{"a":2}', '3']);
	});
	test('lines, whatever they are', () => {
		expect(splitDocument('[\n{"a":1}\n]\n{"a":2}\nhello, you\n\n{"a":\n3}\n')).toEqual([
			{ number: 2, text: '{"a":1}' },
			{ number: 4, text: '{"a":2}' },
			{ number: 5, text: 'hello' },
			{ number: 5, text: 'you' },
			{ number: 7, text: '{"a": 3}' }
		]);
	});
});

test('a list of turns is one conversation, a list of others holds examples', () => {
	const [one, two] = [talk(1).messages, talk(2).messages];
	const both = [JSON.stringify(one), JSON.stringify(two)];
	expect(texts(both.join('\n'))).toEqual(both);
	expect(texts(`[${both.join(',')}]`)).toEqual(both);
	expect(texts('[{"from":"human","value":"a"}]')).toEqual(['[{"from":"human","value":"a"}]']);
	expect(texts('[{"said":"human"}]')).toEqual(['{"said":"human"}']);
	expect(texts('[\n\n{}, {"role":1}]')).toEqual(['{}', '{"role":1}']);
	expect(JSON.parse(texts(JSON.stringify(one, null, 4))[0]!)).toEqual(one);
});

describe('a broken example hides none of the others', () => {
	const [first, broken, ...others] = Array.from({ length: 30 }, (_, n) => talk(n));
	const written = (indent: number | string) => [
		JSON.stringify([first], null, indent).slice(0, -1).trimEnd(),
		...[broken, ...others].map((each) => JSON.stringify([each], null, indent).slice(1, -1).trimEnd())
	];
	const good = (text: string) =>
		texts(text).flatMap((each) => {
			try {
				const { messages } = JSON.parse(each!);
				return messages?.[0]?.content ? [messages[0].content] : [];
			} catch {
				return [];
			}
		});
	const expected = [first, ...others].map((each) => each!.messages[0]!.content);

	test.each([0, 2, '\t'])('whatever sign it lacks, indented by %j', (indent) => {
		const [head, torn, ...tail] = written(indent);
		for (let at = 0; at < torn!.length; at++) {
			if (!'"{}[]:,'.includes(torn![at]!)) continue;
			const text = `${[head, torn!.slice(0, at) + torn!.slice(at + 1), ...tail].join(',')}${indent ? '\n' : ''}]`;
			const found = good(text);
			// the broken one may still be one, or something else
			expect(found.filter((each) => expected.includes(each))).toEqual(expected);
		}
	});
	test.each([0, 2, '\t'])('whatever sign it has too many, indented by %j', (indent) => {
		const [head, torn, ...tail] = written(indent);
		for (const sign of ['"', '{', '[', '}', ']', '\n', '\\'])
			// a list that begins before it and ends behind the last one is well-formed, and one element
			for (let at = torn!.indexOf('{') + 1; at < torn!.length; at++) {
				const text = `${[head, torn!.slice(0, at) + sign + torn!.slice(at), ...tail].join(',')}${indent ? '\n' : ''}]`;
				expect([sign, at, ...good(text).filter((each) => expected.includes(each))]).toEqual([sign, at, ...expected]);
			}
	});
	test('not even in a file that is longer than the longest example', () => {
		const many = Array.from({ length: 400 }, (_, n) => JSON.stringify(talk(n), null, 2));
		const text = [`{"messages": [{"role": "user"`, ...many].join('\n');
		const bytes = new TextEncoder().encode(text.replaceAll('{\n  "messages"', '{"messages"'));
		const splitter = elementSplitter(1_000);
		const found = [];
		for (let at = 0; at < bytes.length; at += 500) found.push(...splitter.take(bytes.subarray(at, at + 500)));
		found.push(...splitter.end());
		expect(found).toHaveLength(401);
		expect(found.slice(1).map(({ text }) => JSON.parse(text!))).toEqual(many.map((each) => JSON.parse(each)));
	});
});

test('objects over several lines, whatever stands on the first of them', () => {
	const text = '{"messages": [\n  {"role": "user", "content": "a"},\n  2\n]}\n{"messages": [\n]}\n';
	expect(splitDocument(text)).toEqual([
		{ number: 1, text: '{"messages": [ {"role": "user", "content": "a"}, 2 ]}' },
		{ number: 5, text: '{"messages": [ ]}' }
	]);
	// a first line that was cut off is no such object
	expect(splitDocument('{"messages": [\n{"messages": []}\n{"messages": [1]}').map((each) => each.number)).toEqual([
		1, 2, 3
	]);
});
