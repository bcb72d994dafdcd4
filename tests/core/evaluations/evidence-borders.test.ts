import { expect, test } from 'vitest';
import { anytimeInterval, logEvidence } from '../../../src/lib/core/evaluations/evidence.ts';
import { netPreference, scoresFrom, singleVotes } from '../../../src/lib/core/evaluations/scores.ts';

test('two scores alike under another mean: 1 + x²/3, where x is how far they lie from it', () => {
	// (1 − ½) / (1 + ½)
	expect(logEvidence(singleVotes(2, 0), 0.5)).toBeCloseTo(Math.log(1 + (1 / 3) ** 2 / 3), 12);
	expect(logEvidence(singleVotes(0, 2), 0.5)).toBeCloseTo(Math.log(4 / 3), 12);
	expect(logEvidence(singleVotes(0, 2), -0.5)).toBeCloseTo(Math.log(1 + (1 / 3) ** 2 / 3), 12);
	expect(logEvidence(scoresFrom([1, 1], 2))).toBeCloseTo(Math.log(1 + 0.5 ** 2 / 3), 12);
	expect(logEvidence(scoresFrom([1, 1], 2), 0.5)).toBeCloseTo(0, 12);
});

test('8 : 0 and 0 : 8 leave 0 out, each on its own side, and 7 : 0 does not', () => {
	const [low, high] = anytimeInterval(singleVotes(8, 0), 20);
	expect([low > 0 && low < 1, high]).toEqual([true, 1]);
	expect(logEvidence(singleVotes(8, 0), low)).toBeCloseTo(Math.log(20), 9);
	expect(anytimeInterval(singleVotes(0, 8), 20)).toEqual([-1, expect.closeTo(-low, 12)]);
	expect(anytimeInterval(singleVotes(7, 0), 20)[0]).toBeLessThan(0);
});

test('both ends lie where the evidence reaches the bar, on either side of the mean', () => {
	for (const scores of [singleVotes(18, 6, 16), singleVotes(6, 18, 16), singleVotes(20, 20), singleVotes(40, 10)]) {
		const [low, high] = anytimeInterval(scores, 20);
		const mean = netPreference(scores)!;
		expect([low, high].map((end) => logEvidence(scores, end))).toEqual([
			expect.closeTo(Math.log(20), 9),
			expect.closeTo(Math.log(20), 9)
		]);
		expect(low).toBeLessThan(Math.min(mean, high));
		expect(high).toBeGreaterThan(low + 0.1);
	}
});
