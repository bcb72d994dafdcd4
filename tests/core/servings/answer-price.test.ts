import { expect, test } from 'vitest';
import { answerCents } from '../../../src/lib/core/servings/answer-price.ts';

test('both sides of an answer have a price of their own, per million tokens', () => {
	const price = { prompt: 20, completion: 60 };
	expect(answerCents(price, { promptTokens: 1_000_000, completionTokens: 0 })).toBe(20);
	expect(answerCents(price, { promptTokens: 0, completionTokens: 500_000 })).toBe(30);
	expect(answerCents({ prompt: 0, completion: 0 }, { promptTokens: 9, completionTokens: 9 })).toBe(0);
});
