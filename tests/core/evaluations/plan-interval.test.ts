import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { planInterval } from '../../../src/lib/core/evaluations/plan-interval.ts';
import { scoresFrom, singleVotes } from '../../../src/lib/core/evaluations/scores.ts';

const points = (wins: number, losses: number, same: number) =>
	planInterval(singleVotes(wins, losses, same)).map((end) => Math.round(100 * end));

test('Tango: 18–6 of 40 is 6 to 50 points; all and nothing have ends', () => {
	expect(points(18, 6, 16)).toEqual([6, 50]);
	expect(points(6, 18, 16)).toEqual([-50, -6]);
	expect(points(10, 0, 0)[1]).toBe(100);
	expect(points(0, 10, 0)[0]).toBe(-100);
	const [low, high] = points(0, 0, 40);
	expect(low).toBe(-high!);
	expect(high).toBeGreaterThan(5);
	expect(planInterval(singleVotes(0, 0))).toEqual([-1, 1]);
});

test('several votes: one +1 and one −1 are added', () => {
	const [low, high] = planInterval(scoresFrom([2, 2, 1, 0, -1], 2));
	const all = [1, 1, 0.5, 0, -0.5, 1, -1];
	const mean = all.reduce((sum, one) => sum + one, 0) / 7;
	const sd = Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 6);
	expect(low).toBeCloseTo(mean - (1.96 * sd) / Math.sqrt(7), 9);
	expect(high).toBeCloseTo(Math.min(1, mean + (1.96 * sd) / Math.sqrt(7)), 9);
});

const runs = 1500;
const slack = 3 * Math.sqrt((0.92 * 0.08) / runs);

test.each([
	[20, 1, 0.5, 0],
	[40, 1, 0.7, 0.25],
	[80, 1, 0.95, 0.6],
	[40, 1, 0.95, 0],
	[30, 2, 0.7, 0.25],
	[40, 3, 0.6, 0.4],
	[20, 3, 0.9, 0]
])('it covers the truth in 92 %% and more: %i prompts, %i votes, %f won, %f ties', (n, votes, wins, ties) => {
	const random = randomFrom(`coverage ${n} ${votes} ${wins} ${ties}`);
	const truth = (1 - ties) * (2 * wins - 1);
	let covered = 0;
	for (let i = 0; i < runs; i++) {
		const sums = Array.from({ length: n }, () => {
			let sum = 0;
			for (let vote = 0; vote < votes; vote++) if (random() >= ties) sum += random() < wins ? 1 : -1;
			return sum;
		});
		const [low, high] = planInterval(scoresFrom(sums, votes));
		covered += Number(low <= truth && truth <= high);
	}
	expect(covered / runs).toBeGreaterThanOrEqual(0.92 - slack);
});
