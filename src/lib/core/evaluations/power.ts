import { Kept } from '../kept.ts';
import { signTest, upperTail, wilson } from '../math/binomial.ts';
import { logEvidence } from './evidence.ts';
import { barOf } from './plan.ts';
import { minimum } from './rules.ts';
import { singleVotes } from './scores.ts';

const rules = {
	sign: (wins: number, losses: number, attempt: number) => signTest(wins, losses) < barOf(attempt).p,
	wilson: (wins: number, losses: number) => wilson(wins, wins + losses)![0] > 0.5,
	early: (wins: number, losses: number, attempt: number) =>
		logEvidence(singleVotes(wins, losses)) >= Math.log(barOf(attempt).evidence)
};

/** The fewest wins of `decisive` prompts that satisfy a rule. `null`: not even all of them do. */
export const smallestWins = (decisive: number, rule: keyof typeof rules = 'sign', attempt = 1): number | null => {
	if (decisive < 1 || !rules[rule](decisive, 0, attempt)) return null;
	let enough = decisive;
	let tooFew = Math.floor(decisive / 2);
	while (enough - tooFew > 1) {
		const middle = Math.ceil((enough + tooFew) / 2);
		if (rules[rule](middle, decisive - middle, attempt)) enough = middle;
		else tooFew = middle;
	}
	return enough;
};

const known = new Kept<number | null>(2_000);
/** As above, kept: plans ask for the same numbers again and again. */
const enoughWins = (decisive: number, attempt: number): number | null =>
	known.get(`${decisive} ${attempt}`, () => smallestWins(decisive, 'sign', attempt));

/** The chance that `pairs` decisive prompts end in SHIP IT when the true win rate is `winRate`. 0 below the minimum to ship. */
export const powerOf = ({
	pairs,
	winRate,
	attempt = 1
}: {
	pairs: number;
	winRate: number;
	attempt?: number;
}): number => {
	const wins = pairs < minimum.toShip ? null : enoughWins(pairs, attempt);
	return wins === null ? 0 : upperTail(pairs, wins, winRate);
};

/** The win rate between one half and 1 at which a chance that rises with it reaches 80 %. `null`: it never does. */
export const rateFor = (chance: (winRate: number) => number, steps = 30): number | null => {
	if (chance(1) < 0.8) return null;
	let [low, high] = [0.5, 1];
	for (let step = 0; step < steps; step++) {
		const middle = (low + high) / 2;
		if (chance(middle) < 0.8) low = middle;
		else high = middle;
	}
	return high;
};

/** The true win rate that `pairs` decisive prompts prove with a chance of 80 %. `null`: no verdict is possible. */
export const detectableWinRate = (pairs: number): number | null => rateFor((winRate) => powerOf({ pairs, winRate }));
