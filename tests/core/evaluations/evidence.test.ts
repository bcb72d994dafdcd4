import { expect, test } from 'vitest';
import { logGamma } from '../../../src/lib/core/math/binomial.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { anytimeInterval, evidenceOf, logEvidence } from '../../../src/lib/core/evaluations/evidence.ts';
import { scoresFrom, singleVotes } from '../../../src/lib/core/evaluations/scores.ts';

const closed = (wins: number, losses: number) =>
	(wins + losses) * Math.LN2 + logGamma(wins + 1) + logGamma(losses + 1) - logGamma(wins + losses + 2);

test('for one vote a prompt E is 2^d · B(W+1, L+1), whatever the ties', () => {
	for (let wins = 0; wins <= 60; wins += 3)
		for (let losses = 0; losses <= 60; losses += 4)
			expect(logEvidence(singleVotes(wins, losses, wins))).toBeCloseTo(closed(wins, losses), 9);
	for (const [wins, losses] of [
		[300, 250],
		[1000, 0],
		[2500, 2500],
		[5000, 0],
		[3000, 2000]
	] as const)
		expect(Math.abs(logEvidence(singleVotes(wins, losses)) - closed(wins, losses))).toBeLessThan(
			1e-9 * Math.max(1, closed(wins, losses))
		);
});

test('5,000 prompts overflow nothing', () => {
	expect(Number.isFinite(logEvidence(singleVotes(5000, 0)))).toBe(true);
	expect(evidenceOf(singleVotes(5000, 0))).toBe(Number.MAX_VALUE);
	expect(anytimeInterval(singleVotes(5000, 0), 20)[0]).toBeGreaterThan(0.99);
});

test('E(μ) at 0 is E, from either side', () => {
	for (const scores of [singleVotes(18, 6, 16), scoresFrom([2, 2, 1, 0, -1, 1], 2), scoresFrom([3, -2, 1, 1, 3], 3)]) {
		expect(logEvidence(scores, 1e-12)).toBeCloseTo(logEvidence(scores), 9);
		expect(logEvidence(scores, -1e-12)).toBeCloseTo(logEvidence(scores), 9);
	}
});

test('under equal models its mean stays 1: a fair bet', () => {
	const random = randomFrom('fair');
	for (const votes of [2, 3]) {
		let mean = 0;
		const runs = 4000;
		for (let i = 0; i < runs; i++) {
			const sums = Array.from({ length: 8 }, () => Math.floor((2 * votes + 1) * random()) - votes);
			mean += evidenceOf(scoresFrom(sums, votes)) / runs;
		}
		expect(mean).toBeGreaterThan(0.85);
		expect(mean).toBeLessThan(1.15);
	}
});

test('the interval holds the mean, and leaves out 0 exactly when E reaches the bar', () => {
	const random = randomFrom('interval');
	for (let i = 0; i < 150; i++) {
		const votes = 1 + (i % 3);
		const lean = random();
		const sums = Array.from({ length: 5 + Math.floor(60 * random()) }, () =>
			Math.max(-votes, Math.min(votes, Math.round((2 * votes + 1) * (random() - lean))))
		);
		const scores = scoresFrom(sums, votes);
		const mean = sums.reduce((sum, one) => sum + one, 0) / sums.length / votes;
		for (const bar of [20, 80]) {
			const [low, high] = anytimeInterval(scores, bar);
			expect(low).toBeLessThanOrEqual(mean);
			expect(high).toBeGreaterThanOrEqual(mean);
			expect(low > 0 || high < 0).toBe(logEvidence(scores) >= Math.log(bar));
			if (low > -1) expect(logEvidence(scores, low)).toBeCloseTo(Math.log(bar), 4);
			if (high < 1) expect(logEvidence(scores, high)).toBeCloseTo(Math.log(bar), 4);
		}
	}
});

test('nothing is known of nothing', () => {
	expect(anytimeInterval(singleVotes(0, 0), 20)).toEqual([-1, 1]);
	expect(logEvidence(singleVotes(0, 0))).toBeCloseTo(0, 12);
});
