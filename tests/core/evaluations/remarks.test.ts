import { expect, test } from 'vitest';
import { meanScores, scoresSentence } from '../../../src/lib/core/evaluations/remarks.ts';

test('a mean is that of those who gave a score, and none where nobody did', () => {
	expect(meanScores([])).toBeNull();
	expect(meanScores([{ a: null, b: null }])).toBeNull();
	expect(meanScores([{ a: 5, b: 7 }])).toEqual({ a: { mean: 5, count: 1 }, b: { mean: 7, count: 1 } });
	expect(
		meanScores([
			{ a: 5, b: null },
			{ a: 8, b: null }
		])
	).toEqual({ a: { mean: 6.5, count: 2 }, b: { mean: null, count: 0 } });
});

test('a side without a score is not named', () => {
	const said = scoresSentence({ a: { mean: 6.5, count: 2 }, b: { mean: null, count: 0 } }, { a: 'v3', b: 'base' });
	expect(said).toMatch(/: v3 6\.5 on average of 2 scores\. /);
	expect(said).not.toMatch(/base/);
});
