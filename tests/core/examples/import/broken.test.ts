import { expect, test } from 'vitest';
import { whyBroken } from '../../../../src/lib/core/examples/import/broken.ts';

const why = (text: string): string => {
	try {
		JSON.parse(text);
	} catch (problem) {
		return whyBroken(text, problem);
	}
	throw new Error('it can be read');
};

test.each([
	["{'a': 1}", /single quotes/],
	[" { 'a': 1}", /single quotes/],
	['{"a": NaN}', /NaN/],
	['{"a": -Infinity , "b": 1}', /NaN/],
	['{"a": [NaN ]}', /NaN/],
	['{"a":NaN,"b":1}', /NaN/],
	['{"a": [1 , ]}', /comma too many/],
	['{"a": 1,}', /comma too many/],
	['{"a": 1', /too early/],
	['{"a": [1,', /too early/]
])('%s: %s', (text, words) => {
	expect(why(text)).toMatch(words);
});

test.each([
	'{a: 1}',
	'{"a" \'b\'}',
	'{"a": {\'b\': 1}}',
	'{"a": xNaN}',
	'{"a": [NaNx]}',
	'{"a": "b" NaN}',
	'{"a": 1,x}'
])('%s has none of what files are often broken by', (text) => {
	expect(why(text)).not.toMatch(/single quotes|NaN or|comma too many|too early/);
});

test('of a text without an end that is told, although its place lies behind all that is there', () => {
	expect(why('{"a": "b')).toMatch(/^unterminated/);
	expect(whyBroken('ab', new Error('bad sign in JSON at position 1'))).toBe('bad sign at character 2');
	expect(whyBroken('ab', new Error('bad sign in JSON at position 2'))).toBe('it ends too early');
	expect(whyBroken('ab', new Error('unterminated text in JSON at position 2'))).toBe(
		'unterminated text at character 3'
	);
	expect(whyBroken('ab', new Error('9 at character 9 of all'))).toBe('9 at character 9 of all');
});

test('nobody looks for it further in than 100,000 characters', () => {
	const begin = (length: number) => `{"a": "${'x'.repeat(length - 8)}"`;
	expect(why(`${begin(99_998)},}]`)).toMatch(/comma/);
	expect(why(`${begin(99_999)},}]`)).not.toMatch(/comma/);
});
