import { expect, test } from 'vitest';
import { hiddenName, masked } from '../../../src/lib/core/evaluations/masking.ts';
import { namesAModel } from '../../../src/lib/core/evaluations/ballots.ts';

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
	expect(masked('The llamas of Claudette', [])).toBe('The llamas of Claudette');
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

test('ids with signs that mean something to a pattern are only text', () => {
	expect(masked('as a+b(c)-model said', ['x/a+b(c)-model'])).toBe(`as ${hiddenName} said`);
});
