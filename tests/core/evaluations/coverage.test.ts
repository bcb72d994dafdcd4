import { describe, expect, test } from 'vitest';
import { anytimeInterval, logEvidence } from '../../../src/lib/core/evaluations/evidence.ts';
import { planInterval } from '../../../src/lib/core/evaluations/plan-interval.ts';
import { singleVotes } from '../../../src/lib/core/evaluations/scores.ts';
import { logGamma } from '../../../src/lib/core/math/binomial.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { above, anytimeCoverage } from '../../support/data/false-alarms.ts';

// How often an interval holds the truth: for one vote a prompt over everything that can come out, for several played through.

const shares = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const tied = [0, 0.25, 0.6];
const truths = shares.flatMap((wins) => tied.map((ties) => ({ wins, ties, truth: (1 - ties) * (2 * wins - 1) })));

/** Of n prompts so many of each kind: the logarithm of how often that comes out. */
const chanceOf = (n: number, wins: number, losses: number, of: { wins: number; ties: number }) => {
	const shares = [(1 - of.ties) * of.wins, (1 - of.ties) * (1 - of.wins), of.ties];
	let log = logGamma(n + 1);
	for (const [at, count] of [wins, losses, n - wins - losses].entries())
		if (count > 0) log += count * Math.log(shares[at]!) - logGamma(count + 1);
	return Math.exp(log);
};

describe('the interval of the plan holds the truth in 92 % and more', () => {
	test.each([20, 30, 50, 80, 120, 200])('of %i prompts with one vote: exactly', (n) => {
		const covered = truths.map(() => 0);
		for (let wins = 0; wins <= n; wins++) {
			for (let losses = 0; wins + losses <= n; losses++) {
				const [low, high] = planInterval(singleVotes(wins, losses, n - wins - losses));
				for (const [at, of] of truths.entries())
					if (low <= of.truth && of.truth <= high) covered[at]! += chanceOf(n, wins, losses, of);
			}
		}
		for (const [at, share] of covered.entries()) expect(share, JSON.stringify(truths[at])).toBeGreaterThanOrEqual(0.92);
	});

	const runs = 800;
	const least = 1 - above(0.08, runs);
	const several = [2, 3].flatMap((votes) => [20, 60, 200].map((n) => [votes, n] as const));
	test.each(several)('of %i votes each and %i prompts: played through', (votes, n) => {
		for (const { wins, ties, truth } of truths) {
			const random = randomFrom(`coverage ${n} ${votes} ${wins} ${ties}`);
			// what one prompt can come to, and up to where in 0 … 1 that is drawn
			const of = [(1 - ties) * (1 - wins), ties, (1 - ties) * wins];
			let chances = [1];
			for (let vote = 0; vote < votes; vote++)
				chances = Array.from({ length: chances.length + 2 }, (_, at) =>
					of.reduce((sum, chance, more) => sum + chance * (chances[at - more] ?? 0), 0)
				);
			let sum = 0;
			const upTo = chances.map((chance) => (sum += chance));
			let covered = 0;
			for (let run = 0; run < runs; run++) {
				const counts = chances.map(() => 0);
				for (let prompt = 0; prompt < n; prompt++) {
					const drawn = random();
					let at = 0;
					while (at < 2 * votes && drawn >= upTo[at]!) at++;
					counts[at]!++;
				}
				const [low, high] = planInterval({ votes, counts });
				covered += Number(low <= truth && truth <= high);
			}
			expect(covered / runs, JSON.stringify({ wins, ties })).toBeGreaterThanOrEqual(least);
		}
	});
});

/** It is left as soon as it leaves out 0, which is when E reaches 20, or at the end: how often it holds the truth then. Exactly. */
const anytimeExactly = (prompts: number, of: { wins: number; ties: number; truth: number }): number => {
	const bar = Math.log(20);
	const holds = (wins: number, losses: number, n: number) =>
		logEvidence(singleVotes(wins, losses, n - wins - losses), of.truth) < bar;
	const isLeft = Array.from({ length: prompts + 1 }, (_, wins) =>
		Array.from({ length: prompts + 1 - wins }, (_, losses) => logEvidence(singleVotes(wins, losses)) >= bar)
	);
	const [more, less] = [(1 - of.ties) * of.wins, (1 - of.ties) * (1 - of.wins)];
	let alive = [[1]];
	let covered = 0;
	for (let n = 1; n <= prompts; n++) {
		const next = Array.from({ length: n + 1 }, (_, wins) => new Array<number>(n + 1 - wins).fill(0));
		for (const [wins, row] of alive.entries()) {
			for (const [losses, chance] of row.entries()) {
				if (chance === 0) continue;
				next[wins + 1]![losses]! += chance * more;
				next[wins]![losses + 1]! += chance * less;
				next[wins]![losses]! += chance * of.ties;
			}
		}
		for (const [wins, row] of next.entries()) {
			for (const [losses, chance] of row.entries()) {
				if (chance === 0 || !(n === prompts || isLeft[wins]![losses])) continue;
				if (holds(wins, losses, n)) covered += chance;
				row[losses] = 0;
			}
		}
		alive = next;
	}
	return covered;
};

describe('the interval at any time, left when it leaves out 0, holds the truth in 95 % and more', () => {
	test.each(truths.filter(({ ties }) => ties !== 0.25))('of up to 60 prompts with one vote, exactly: %o', (of) => {
		expect(anytimeExactly(60, of)).toBeGreaterThanOrEqual(0.95);
	});

	test.each([
		[40, 2, 0.8, 0.25],
		[40, 3, 0.95, 0]
	])('of %i prompts with %i votes, played through', (prompts, votes, wins, ties) => {
		const runs = 200;
		expect(anytimeCoverage(prompts, votes, wins, ties, runs)).toBeGreaterThanOrEqual(1 - above(0.05, runs));
	});

	test('it holds a value exactly when E at that value is below the bar', () => {
		for (const [wins, losses, same] of [
			[9, 4, 3],
			[20, 2, 0],
			[0, 7, 12],
			[30, 30, 1]
		] as const) {
			const [low, high] = anytimeInterval(singleVotes(wins, losses, same), 20);
			for (const value of [-0.95, -0.4, low - 1e-6, low + 1e-6, 0, high - 1e-6, high + 1e-6, 0.5, 0.95])
				if (Math.abs(value) < 1)
					expect(low <= value && value <= high).toBe(
						logEvidence(singleVotes(wins, losses, same), value) < Math.log(20)
					);
		}
	});
});
