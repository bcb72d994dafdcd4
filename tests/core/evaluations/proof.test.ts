import { expect, test } from 'vitest';
import { proofProblem } from '../../../src/lib/core/evaluations/proof.ts';

const good = 'Your parcel waits at the depot.';
const isNone = (answer: string) => proofProblem([answer]) !== null;

test.each([
	['nothing', ''],
	['nothing but spaces', ' \n '],
	['only thoughts', '<think>Well.</think>'],
	['the signs of a turn', '<|im_start|>assistant'],
	['one word for ever', 'the '.repeat(40)]
])('%s in most answers is said', (_, bad) => {
	expect(proofProblem([bad, bad, bad, good, good])).toMatch(/asked 5 prompts .* 3 answers/);
	expect(proofProblem([bad, bad, good, good])).toBeNull();
});

test('a model that talks, and one that was not asked, are fine', () => {
	expect(proofProblem([good, good])).toBeNull();
	expect(proofProblem([])).toBeNull();
});

test('an answer is stuck from 30 words on of which a tenth are different', () => {
	expect(isNone('the '.repeat(29))).toBe(false);
	expect(isNone('the '.repeat(30))).toBe(true);
	expect(isNone('a b c '.repeat(10))).toBe(true);
	expect(isNone(`${'a b c '.repeat(10)}d`)).toBe(false);
	expect(isNone('the  '.repeat(16))).toBe(false); // a space is no word
	expect(isNone(Array.from({ length: 40 }, (_, i) => `word${i}`).join(' '))).toBe(false);
});

test('of a base model something else is wrong than of a run', () => {
	expect(proofProblem([''], true)).toMatch(/base model .*another base/);
	expect(proofProblem([''])).toMatch(/merging .*train again/);
});
