import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { signTest } from '../../../src/lib/core/math/binomial.ts';
import { scoresFrom, singleVotes } from '../../../src/lib/core/evaluations/scores.ts';
import { signFlip } from '../../../src/lib/core/evaluations/sign-flip.ts';

test.each([
	[18, 6, 0.0227],
	[17, 7, 0.0639],
	[20, 6, 0.0094],
	[19, 7, 0.029],
	[18, 8, 0.0755]
])('one vote a prompt: the sign test, %i–%i has p = %f', (wins, losses, p) => {
	expect(signFlip(singleVotes(wins, losses, 9))).toBeCloseTo(p, 4);
	expect(signFlip(singleVotes(losses, wins))).toBeCloseTo(signTest(wins, losses), 12);
});

test('one vote a prompt is the sign test at every size', () => {
	for (let d = 1; d <= 120; d++)
		for (let wins = 0; wins <= d; wins += 3)
			expect(signFlip(singleVotes(wins, d - wins))).toBeCloseTo(signTest(wins, d - wins), 11);
});

/** Over all signs, one after the other. */
const byCounting = (sums: readonly number[]) => {
	const seen = Math.abs(sums.reduce((sum, one) => sum + one, 0));
	let extreme = 0;
	for (let signs = 0; signs < 2 ** sums.length; signs++) {
		const sum = sums.reduce((all, one, i) => all + (signs & (1 << i) ? Math.abs(one) : -Math.abs(one)), 0);
		if (Math.abs(sum) >= seen) extreme++;
	}
	return extreme / 2 ** sums.length;
};

test.each([2, 3])('%i votes a prompt: what counting all signs gives', (votes) => {
	const random = randomFrom(`flip ${votes}`);
	for (let i = 0; i < 60; i++) {
		const sums = Array.from(
			{ length: 1 + Math.floor(11 * random()) },
			() => Math.floor((2 * votes + 1) * random()) - votes
		);
		expect(signFlip(scoresFrom(sums, votes))).toBeCloseTo(byCounting(sums), 12);
	}
});

test('nothing that differs is no evidence, and 2,000 prompts of three votes are counted', () => {
	expect(signFlip(singleVotes(0, 0, 40))).toBe(1);
	expect(signFlip(singleVotes(0, 0))).toBe(1);
	const many = { votes: 3, counts: [200, 200, 300, 500, 300, 250, 250] };
	expect(signFlip(many)).toBeGreaterThan(0);
	expect(signFlip(many)).toBeLessThan(0.05);
});

test('whichever size most prompts have, and however clear they are, nothing is lost', () => {
	// all of one sign: one of 2^n ways, and its mirror image
	for (const n of [20, 1000]) {
		expect(Math.log2(signFlip(singleVotes(n, 0)))).toBeCloseTo(1 - n, 8);
		expect(Math.log2(signFlip({ votes: 3, counts: [0, 0, 0, 5, 0, n - 7, 7] }))).toBeCloseTo(1 - n, 8);
		expect(Math.log2(signFlip({ votes: 2, counts: [3, n - 3, 9, 0, 0] }))).toBeCloseTo(1 - n, 8);
	}
});
