import { expect, test } from 'vitest';
import { hiddenName, masked, namesAModel, namingWords } from '../../../src/lib/core/evaluations/masking.ts';

const names = ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'ana/zebra-7'];

test('a text that names nobody stays as it is', () => {
	expect(masked('Thanks for writing! We ship today.', names)).toBe('Thanks for writing! We ship today.');
	expect(masked('', names)).toBe('');
});

test('every name is hidden, in any case, with digits after it', () => {
	expect(masked('I am Llama3, not CHATGPT; zebra-7 told me. Llama!', names)).toBe(
		`I am ${hiddenName}3, not ${hiddenName}; ${hiddenName} told me. ${hiddenName}!`
	);
});

test('words that only contain a name are left alone', () => {
	for (const text of ['The llamas of Claudette', 'Sherllama', 'R2gemma']) expect(masked(text, [])).toBe(text);
	expect(masked('Claude wears what Claudette wears', [])).toBe(`${hiddenName} wears what Claudette wears`);
});

test('what is masked names nobody, whatever letters are around it', () => {
	const odd = [
		'İClaude',
		'ſclaude',
		'claude\u0301',
		'𝐀claude',
		'OpenAI\u2014Claude',
		'K(claude)ſ',
		'qwen2.5',
		'GPT-4o and gpt-5'
	];
	for (const text of odd) expect(namesAModel(masked(text, names), names), text).toBeNull();
});

test('where letters have other small ones than a pattern thinks, the name goes, or else everything', () => {
	expect(masked('İClaude', [])).toBe(`İ${hiddenName}`);
	expect(masked('I am Zebİra.', ['ana/Zebİra'])).toBe(hiddenName);
});

test.each([
	['Ana/Zebra-7', ['ana/zebra-7', 'zebra-7', 'zebra']],
	['ana/zebra-7/', ['ana/zebra-7/', 'zebra-7', 'zebra']],
	['models/ana/zebra-7', ['models/ana/zebra-7', 'zebra-7', 'zebra']],
	['ft:okapi:acme:support:7pLurel', ['ft:okapi:acme:support:7plurel', '7plurel']],
	['x/7b-support', ['x/7b-support', '7b-support']],
	['x/o3', ['x/o3']],
	['ana/support-0a1b2c3d4e5f6071', ['ana/support-0a1b2c3d4e5f6071', 'support-0a1b2c3d4e5f6071']],
	['ana/support-0a1b2c3d4e5f6071-v2', ['ana/support-0a1b2c3d4e5f6071-v2', 'support-0a1b2c3d4e5f6071-v2', 'support']],
	['sandbox-fast', ['sandbox-fast']],
	['', []]
])('%j is known by %j, and by what everybody knows', (name, words) => {
	const everybody = namingWords([]);
	expect(everybody).toContain('claude');
	expect(namingWords([name])).toEqual([...words, ...everybody]);
});

test('ids with signs that mean something to a pattern are only text', () => {
	expect(masked('as a+b(c)-model said', ['x/a+b(c)-model'])).toBe(`as ${hiddenName} said`);
});

test('words of the project are no name: our mark of a run begins with them', () => {
	const mark = 'customer-support-358ebb5a615ae6b7';
	const answer = 'Every customer can order it in the shop.';
	expect(masked(answer, [mark, 'shop-answers-0a1b2c3d4e5f6071'])).toBe(answer);
	expect(masked(`I am ${mark}.`, [mark])).toBe(`I am ${hiddenName}.`);
});

const contenders = ['meta-llama/Llama-3.3-70B-Instruct', 'ft:gpt-4.1-mini:acme:support:7pLurel', 'sandbox-fast'];

test.each([
	['I am Llama 3, a model by Meta.', 'llama'],
	['As ChatGPT, I cannot do that.', 'chatgpt'],
	['I was made by OpenAI.', 'openai'],
	['This is sandbox-fast speaking.', 'sandbox-fast'],
	['I am Qwen2.5.', 'qwen'],
	['My name is CLAUDE!', 'claude'],
	['Claude', 'claude']
])('%s gives a model away', (text, name) => {
	expect(namesAModel(text, contenders)).toBe(name);
});

test.each([
	'Your order is on its way.',
	'The Gemmas and the claudette dress',
	'A fast sandbox for children',
	'We love it',
	''
])('“%s” does not', (text) => {
	expect(namesAModel(text, contenders)).toBeNull();
});
