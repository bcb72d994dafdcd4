import { crossing } from '../math/integral.ts';
import { countOf, lossesOf, netPreference, type Scores, winsOf } from './scores.ts';

const z = 1.96;

/** Tango's score test of a difference of paired proportions: how many standard errors it lies from what was seen. */
const distance = (wins: number, losses: number, n: number, difference: number): number => {
	const b = -wins - losses + (2 * n - wins + losses) * difference;
	const c = -losses * difference * (1 - difference);
	const q = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
	const variance = n * (2 * q + difference * (1 - difference));
	const seen = wins - losses - n * difference;
	return seen === 0 ? 0 : seen / Math.sqrt(Math.max(variance, Number.MIN_VALUE));
};

const tango = (wins: number, losses: number, n: number): [low: number, high: number] => {
	const mean = (wins - losses) / n;
	const isOut = (difference: number) => Math.abs(distance(wins, losses, n, difference)) > z;
	const end = (limit: -1 | 1) => (mean === limit ? limit : crossing(mean, limit, isOut));
	return [end(-1), end(1)];
};

/** Several votes a prompt: one score of +1 and one of −1 are added, then the mean ± 1.96 standard errors. */
const widened = ({ votes, counts }: Scores): [low: number, high: number] => {
	const all = counts.map((count, i) => count + Number(i === 0 || i === 2 * votes));
	const n = all.reduce((sum, count) => sum + count, 0);
	const scoreAt = (i: number) => (i - votes) / votes;
	const mean = all.reduce((sum, count, i) => sum + count * scoreAt(i), 0) / n;
	const squares = all.reduce((sum, count, i) => sum + count * (scoreAt(i) - mean) ** 2, 0);
	const half = z * Math.sqrt(squares / (n - 1) / n);
	return [Math.max(-1, mean - half), Math.min(1, mean + half)];
};

/** The 95 % interval of the net preference once the plan is complete. Everything is possible while nothing counts. */
export const planInterval = (scores: Scores): [low: number, high: number] => {
	if (netPreference(scores) === null) return [-1, 1];
	return scores.votes === 1 ? tango(winsOf(scores), lossesOf(scores), countOf(scores)) : widened(scores);
};
