import { expect, test } from 'vitest';
import fc from 'fast-check';
import { shown, syntaxProblem, valueProblem } from '../../../src/lib/core/text/json.ts';

const complaint = (text: string) => {
	try {
		JSON.parse(text);
		return null;
	} catch (problem) {
		return syntaxProblem(problem);
	}
};

test('ordinary JSON is kept, U+0000 and odd names included', () => {
	const ordinary = fc.jsonValue({ maxDepth: 20 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
	fc.assert(
		fc.property(ordinary, (value) => {
			expect(valueProblem(value)).toBeNull();
		})
	);
	expect(valueProblem({ a: 'x\u0000', constructor: 1, prototype: [] })).toBeNull();
});

test.each([
	['a __proto__ field', '{"a":[{"__proto__":1}]}', 'it has a field called "__proto__"'],
	['a number without end', '[[-1e999]]', 'it holds a number that is too large'],
	['half a character', '["\\udfff"]', 'it holds half of a character (a lone surrogate)'],
	['half a character in a name', '{"\\udfff":1}', 'it holds half of a character (a lone surrogate)'],
	['64 levels around a word', `${'['.repeat(64)}true${']'.repeat(64)}`, null],
	['64 levels', `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`, null],
	['65 levels', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'it is nested more than 64 levels deep'],
	['500,000 levels', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'it is nested more than 64 levels deep']
])('%s', (_, text, problem) => {
	expect(valueProblem(JSON.parse(text))).toBe(problem);
});

test.each([
	['', 'it ends too early'],
	['{"a":1,}', 'expected double-quoted property name at character 8'],
	['{"a" 1}', "expected ':' after property name at character 6"],
	['["a\nb"]', 'bad control character in string literal at character 4'],
	['["a long text" 1]', "expected ',' or ']' after array element at character 16"],
	['[nul]', "unexpected token ']'"],
	['[1] 2', 'unexpected non-whitespace character after the end at character 5']
])('%j is told as: %s', (text, words) => {
	expect(complaint(text)).toBe(words);
});

test('other engines begin otherwise, and what says nothing is told so', () => {
	expect(syntaxProblem(new SyntaxError('JSON.parse: bad escaped character'))).toBe('bad escaped character');
	expect(syntaxProblem(new SyntaxError('JSON.parse: unexpected end of data at line 1'))).toBe('it ends too early');
	for (const nothing of [new SyntaxError(''), 'a text', undefined]) {
		expect(syntaxProblem(nothing)).toBe('it cannot be read');
	}
});

test('a sentence quotes a value shortly and on one line', () => {
	expect(shown('a\u0000\nb\ud800')).toBe('"a  b\ufffd"');
	expect(shown('x'.repeat(30))).toBe(`"${'x'.repeat(30)}"`);
	expect(shown('x'.repeat(31))).toBe(`"${'x'.repeat(30)}…"`);
	expect([[], {}, null, true, 8.5].map(shown)).toEqual(['a list', 'an object', 'null', 'true', '8.5']);
});
