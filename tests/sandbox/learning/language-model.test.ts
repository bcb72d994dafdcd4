import { expect, test } from 'vitest';
import { newLanguageModel, wordsOf } from '../../../src/sandbox/learning/language-model.ts';

test('what was read is less surprising, in its order more than in another', () => {
	const model = newLanguageModel();
	const line = wordsOf('The courier comes tomorrow before noon.');
	const turned = wordsOf('Noon before tomorrow comes courier the.');
	const before = model.surprise(line);
	model.learn(line, 0.1);
	const once = model.surprise(line);
	model.learn(line, 0.1);
	expect(once).toBeLessThan(before);
	expect(model.surprise(line)).toBeLessThan(once);
	expect(model.surprise(line)).toBeLessThan(model.surprise(turned));
});

test('English spelling is expected before anything is read, and nothing is impossible', () => {
	const model = newLanguageModel();
	expect(model.surprise(wordsOf('and the'))).toBeLessThan(model.surprise(wordsOf('zyx qjv')));
	expect(Number.isFinite(model.surprise(wordsOf('日本語 ☃ ' + 'x'.repeat(400))))).toBe(true);
	expect(model.surprise([])).toBe(0);
});

test('the chances of all words known after a context add up to at most one', () => {
	const model = newLanguageModel();
	for (const line of ['a red car', 'a red bike', 'a blue car']) model.learn(wordsOf(line), 1);
	const start = model.surprise(wordsOf('a red'));
	const chance = (word: string) => Math.exp(start - model.surprise(wordsOf(`a red ${word}`)));
	const sum = ['car', 'bike', 'red', 'blue', 'the', 'train'].reduce((total, word) => total + chance(word), 0);
	expect(sum).toBeGreaterThan(0.5);
	expect(sum).toBeLessThanOrEqual(1);
});
