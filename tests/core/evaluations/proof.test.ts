import { expect, test } from 'vitest';
import { proofProblem } from '../../../src/lib/core/evaluations/proof.ts';

const good = 'Your parcel waits at the depot.';

test.each([
	['nothing', ''],
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
