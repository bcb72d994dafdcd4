import { evidence, signTest, upperTail, wilson } from '../math/binomial.ts';
import { judgedOf, type Tally } from './tally.ts';

/** What it takes at least to ship: decisive votes, evidence before the planned end, and the sign test's level. */
export const minimum = { toShip: 12, toReject: 8, evidence: 20 } as const;
export const level = 0.05;

/** A verdict in either direction waits for the planned end, or for evidence that may be looked at early. */
export const isSettled = (t: Tally) => judgedOf(t) === t.planned || evidence(t.wins, t.losses) >= minimum.evidence;

const rules = {
	sign: (wins: number, losses: number) => signTest(wins, losses) < level,
	wilson: (wins: number, losses: number) => wilson(wins, wins + losses)![0] > 0.5,
	early: (wins: number, losses: number) => evidence(wins, losses) >= minimum.evidence
};

/** The fewest wins of `decisive` votes that satisfy a rule. `null`: not even all of them do. */
export const smallestWins = (decisive: number, rule: keyof typeof rules = 'sign'): number | null => {
	if (decisive < 1 || !rules[rule](decisive, 0)) return null;
	let enough = decisive;
	let tooFew = Math.floor(decisive / 2);
	while (enough - tooFew > 1) {
		const middle = Math.ceil((enough + tooFew) / 2);
		if (rules[rule](middle, decisive - middle)) enough = middle;
		else tooFew = middle;
	}
	return enough;
};

/** The chance that `pairs` decisive votes end in SHIP IT when the true win rate is `winRate`. 0 below the minimum to ship. */
export const powerOf = ({ pairs, winRate }: { pairs: number; winRate: number }): number => {
	const wins = pairs < minimum.toShip ? null : smallestWins(pairs);
	return wins === null ? 0 : upperTail(pairs, wins, winRate);
};

/** The true win rate that `pairs` decisive votes prove with a chance of 80 %. `null`: no verdict is possible. */
export const detectableWinRate = (pairs: number): number | null => {
	const wins = pairs < minimum.toShip ? null : smallestWins(pairs);
	if (wins === null) return null;
	let low = 0.5;
	let high = 1;
	for (let step = 0; step < 40; step++) {
		const middle = (low + high) / 2;
		if (upperTail(pairs, wins, middle) < 0.8) low = middle;
		else high = middle;
	}
	return high;
};

const most = 5_000; // beyond this nobody votes; reached near a win rate of 52 %
const inRow = 10; // the power goes up and down like a saw: ten good counts in a row give the table in README.md

/** Decisive votes for 80 % power at this true win rate. `null`: no lead at all, or more than 5,000 votes. */
export const decisiveVotesFor = (winRate: number): number | null => {
	const lead = winRate - 0.5;
	if (lead <= 0) return null;
	// The normal approximation is always a little below the exact answer; start well under it.
	const about = ((0.98 + 0.8416 * Math.sqrt(Math.max(0, winRate * (1 - winRate)))) / lead) ** 2;
	let good = 0;
	for (let pairs = Math.max(minimum.toShip, Math.floor(about * 0.85)); pairs <= most + inRow; pairs++) {
		good = powerOf({ pairs, winRate }) >= 0.8 ? good + 1 : 0;
		if (good === inRow) return pairs - inRow + 1;
	}
	return null;
};

/** What a number of comparisons can prove, said before the work begins. */
export const powerSentence = (pairs: number): string => {
	const rate = detectableWinRate(pairs);
	if (rate === null) return `${pairs} comparisons cannot give a verdict; ${minimum.toShip} is the minimum.`;
	return `${pairs} comparisons: 80 % chance to detect a true ${Math.round(100 * rate)} % win rate.`;
};
