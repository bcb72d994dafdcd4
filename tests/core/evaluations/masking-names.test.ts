import { expect, test } from 'vitest';
import { hiddenName, masked, namesAModel } from '../../../src/lib/core/evaluations/masking.ts';
import { type Names, namingWords } from '../../../src/lib/core/evaluations/naming-words.ts';

// What is looked for is kept by its names, so each of these has names of its own.

const of = (more: Partial<Names> = {}): Names => ({ models: [], own: [], project: 'Support', ...more });
const everybody = namingWords(of());
const wordsBeside = (more: Partial<Names>) => namingWords(of(more)).filter((word) => !everybody.includes(word));
const shown = (text: string, more: Partial<Names> = {}) => masked(text, of(more)).replaceAll(hiddenName, '*');

test.each([
	['/ana/zebra-7/', ['ana/zebra-7', 'zebra-7', 'zebra']],
	['acme/zebra-7', ['acme/zebra-7', 'zebra-7', 'acme', 'zebra']],
	['o3/zebra-7', ['o3/zebra-7', 'zebra-7', 'zebra']],
	['ab/wolf-7', ['ab/wolf-7', 'wolf-7', 'wolf']],
	['ab/elk-7', ['ab/elk-7', 'elk-7']],
	['small/large-7', ['small/large-7', 'large-7']],
	['ab/falcon-7', ['ab/falcon-7', 'falcon-7']],
	['7zebra', ['7zebra']],
	['x/vb7', ['x/vb7']],
	['x/b7', ['x/b7', 'b7']],
	['🦙🦙🦙🦙', []]
])('the id %s is known by %j', (id, words) => {
	expect(wordsBeside({ models: [id] })).toEqual(words);
});

test.each([
	['ab12/zebra1:abcdefg', ['ab12/zebra1:abcdefg', 'zebra1']],
	['ab/123456', ['ab/123456', '123456']],
	['ab/12345', ['ab/12345']],
	['abcd', ['abcd']],
	['abc', []]
])('of the own name %s the whole is one, and a part from six signs on that has a number: %j', (own, words) => {
	expect(wordsBeside({ own: [own] })).toEqual(words);
});

test('what a project’s words make up, in any order, is no name; with one word of another it is', () => {
	expect(wordsBeside({ models: ['order-taker'], project: 'Taker of an order' })).toEqual([]);
	expect(wordsBeside({ models: ['order-taker'], project: 'Orders' })).toEqual(['order-taker', 'order']);
});

test('the longer of two names that begin alike is hidden as a whole', () => {
	expect(shown('I am zebra-crossing.', { models: ['zebra', 'zebra-crossing'] })).toBe('I am *.');
	expect(shown('Yes, zebra-7!', { models: ['-zebra-7'] })).toBe('Yes, *!');
});

test('a name is found where no sign of it is plain, and where its letters stand apart', () => {
	expect(shown('Ｃｌａｕｄｅ')).toBe('*');
	expect(shown('I am C l a u d e.')).toBe('I am *.');
	expect(namesAModel('7 z e b r a', of({ models: ['7zebra'] }))).toBeNull();
});

test('a Latin name stands between other letters, a Chinese one anywhere, one of another script by itself', () => {
	expect(shown('我是Claude，aClaude')).toBe('我是*，aClaude');
	expect(shown('a通义千问b')).toBe('a*b');
	expect(shown('a千问plus', { models: ['千问plus'] })).toBe('a*');
	const models = ['да千问xx'];
	expect(shown('я да千问xx', { models })).toBe('я *');
	expect(shown('яда千问xx', { models })).toBe('яда千问xx');
});

test('what is a word too is a name with a number, unless the project is called so', () => {
	expect(shown('Yi-34B, by Yi.')).toBe('*, by Yi.');
	expect(shown('Yi-34B, by Yi.', { project: 'Yi' })).toBe('Yi-34B, by Yi.');
});
