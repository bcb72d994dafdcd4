import { expect, test } from 'vitest';
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
