import { expect, test } from 'vitest';
import { summaryOf } from '../../../src/lib/core/evaluations/scoring.ts';
import { meanScores, scoresSentence } from '../../../src/lib/core/evaluations/remarks.ts';

test('average, bars and what could be sent, with its interval', () => {
	const summary = summaryOf([10, 9, 8, 7, 3, 8], 8);
	expect(summary).toMatchObject({
		...{ count: 6, average: 7.5, sendable: 4, sendableRate: 4 / 6 },
		histogram: [0, 0, 1, 0, 0, 0, 1, 2, 1, 1]
	});
	// 18 of 24: the vector of statistics.md
	const [low, high] = summaryOf([...Array(18).fill(9), ...Array(6).fill(4)], 8).interval!;
	expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.551', '0.880']);
});

test('the mean of several people is no 8 as long as it is below, in the bars too', () => {
	const { histogram, sendable } = summaryOf([7.5, 8.5], 8);
	expect([histogram[6], histogram[7], sendable]).toEqual([1, 1, 1]);
});

test('of nothing there is no number', () => {
	expect(summaryOf([], 8)).toMatchObject({ count: 0, average: null, sendableRate: null, interval: null });
});

test('means of two sides, and their words', () => {
	const means = meanScores([
		{ a: 9, b: 4 },
		{ a: 8, b: null }
	])!;
	expect(means).toEqual({ a: { mean: 8.5, count: 2 }, b: { mean: 4, count: 1 } });
	expect(scoresSentence(means, { a: 'v1', b: 'base' })).toBe(
		'From 1 to 10: v1 8.5 on average of 2 scores, base 4.0 on average of 1 score. Scores are in no verdict.'
	);
	expect(meanScores([{ a: null, b: null }])).toBeNull();
});
