import { describe, expect, test } from 'vitest';
import { begunLike, cutUp, isTorn, lastAlike } from '../../../../src/lib/core/examples/import/torn.ts';

describe('how an element begins', () => {
	test.each([
		['the bracket with the first field', '{"a": 1}', '', '{"a"'],
		['blanks between them count', '{ \t"a": 1}', '', '{ \t"a"'],
		['a line that it begins counts', '{"a": 1}', '\n  ', '\n  {"a"'],
		['a quotation mark may stand in the name', '{"a\\"b": 1}', '', '{"a\\"b"'],
		['a name has a hundred signs', `{"${'a'.repeat(100)}": 1}`, '', `{"${'a'.repeat(100)}"`],
		['of a bracket alone on its line the indent is enough', '{\n  "a": 1}', '\n ', '\n {\n'],
		['and the blanks behind it', '{ \t\n  "a": 1}', '\n', '\n{ \t\n'],
		['and how the line ends', '{\r\n"a": 1}', '\n', '\n{\r\n'],
		['a bracket that does not begin its line is known by its field', '{\n"a": 1}', '', '{\n"a"']
	])('%s', (_, raw, start, expected) => {
		expect(begunLike(raw, start)).toBe(expected);
	});

	test.each([
		['a list', '[{"a": 1}]'],
		['a list over several lines', '[{\n"a": 1}]'],
		['nothing', ''],
		['a text', ' {"a": 1}'],
		['an object without fields', '{}'],
		['a name without quotation marks', '{a: 1}'],
		['a name of more than a hundred signs', `{"${'a'.repeat(101)}": 1}`],
		['a name without an end', '{"a']
	])('%s does not tell', (_, raw) => {
		expect(begunLike(raw, '')).toBeNull();
		expect(begunLike(raw, '\n')).toBeNull();
	});
});

test('torn is what is broken and holds another like itself', () => {
	expect(isTorn('{"a": 1, {"a": 2}', '{"a"')).toBe(true);
	expect(isTorn('{"a": {"a": 2}}', '{"a"')).toBe(false);
	expect(isTorn('{"a": 1', '{"a"')).toBe(false);
	expect(isTorn('{"a": 1, {"b": 2}', '{"a"')).toBe(false);
	expect(isTorn('{{"a": 2}', '{"a"')).toBe(true);
});

describe('a torn element is cut', () => {
	const pieces = (raw: string, alike = '{"a"') => [...cutUp(raw, alike)];
	test('wherever another begins, without the commas and brackets between them', () => {
		expect(pieces('{"a": 1, {"a": 2}, ]\t,{"a": 3}')).toEqual([
			{ text: '{"a": 1', lines: 0 },
			{ text: '{"a": 2}', lines: 0 },
			{ text: '{"a": 3}', lines: 0 }
		]);
	});
	test('nowhere, where none does', () => {
		expect(pieces('{"a": 1')).toEqual([{ text: '{"a": 1', lines: 0 }]);
		expect(pieces('')).toEqual([]);
	});
	test('each piece knows how many lines lie before it', () => {
		expect(pieces('{"a":\n\n1,\n{"a": 2},\n{"a": 3}\n')).toEqual([
			{ text: '{"a":\n\n1', lines: 0 },
			{ text: '{"a": 2}', lines: 3 },
			{ text: '{"a": 3}', lines: 4 }
		]);
	});
	test('of a beginning that takes a line break with it the break lies before the piece', () => {
		expect(pieces('\n\n {"a": 1,\n {"a": 2}\n\n {"a": 3}', '\n {"a"')).toEqual([
			{ text: '', lines: 1 },
			{ text: '{"a": 1', lines: 2 },
			{ text: '{"a": 2}', lines: 3 },
			{ text: '{"a": 3}', lines: 5 }
		]);
	});
});

test('the last one that begins alike, wherever it is not the first', () => {
	const at = (text: string, alike = '{"ä"') => lastAlike(new TextEncoder().encode(text), alike);
	expect(at('{"ä":1,{"ä":2,{"ä":3}')).toBe(16);
	expect(at(' {"ä":1}')).toBe(1);
	expect(at('{"ä":1}')).toBe(-1);
	expect(at('{"a":1}')).toBe(-1);
	expect(at('')).toBe(-1);
});
