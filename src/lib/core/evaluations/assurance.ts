import { Kept } from '../kept.ts';
import { logGamma } from '../math/binomial.ts';
import { randomFrom } from '../math/hash.ts';
import { powerOf, rateFor } from './power.ts';
import { decisionOf, minimum } from './rules.ts';
import type { Plan } from './plan.ts';
import { type Scores, scoresFrom } from './scores.ts';
import { judgedOf, type Tally } from './tally.ts';
import { many, rateWords } from './words.ts';

/** Of ten comparisons so many end in no difference or both bad, until a project has a rate of its own. */
export const usualTies = 0.25;

/** So many evaluations are played through where nothing exact is at hand; the same ones each time. */
const played = 200;

const chances = (n: number, share: number): number[] =>
	Array.from({ length: n + 1 }, (_, k) => {
		if (share === 0 || share === 1) return Number(k === n * share);
		const choose = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
		return Math.exp(choose + k * Math.log(share) + (n - k) * Math.log(1 - share));
	});

/** One prompt whose voters mostly agree: which answer is liked differs from prompt to prompt as much as from vote to vote. */
const playedSum = (votes: number, winRate: number, ties: number, random: () => number): number => {
	const liked = random() < winRate ? 0.8 : 0.2;
	let sum = 0;
	for (let vote = 0; vote < votes; vote++) if (random() >= ties) sum += random() < liked ? 1 : -1;
	return sum;
};

const playedShare = ({ prompts, votes, delta, attempt }: Plan, winRate: number, ties: number): number => {
	const random = randomFrom('assurance');
	const ships = (scores: Scores) =>
		decisionOf({
			scores,
			bothBad: 0,
			plan: { prompts, votes, delta, attempt },
			skipped: 0,
			continued: false,
			leaked: 0,
			alike: null,
			broken: { a: 0, b: 0 }
		}) === 'ship-it';
	let count = 0;
	for (let i = 0; i < played; i++) {
		const sums = Array.from({ length: prompts }, () => playedSum(votes, winRate, ties, random));
		count += Number(ships(scoresFrom(sums, votes)));
	}
	return count / played;
};

const exactShare = ({ prompts, attempt }: Plan, winRate: number, ties: number): number =>
	chances(prompts, 1 - ties).reduce(
		(sum, chance, pairs) => (chance < 1e-9 ? sum : sum + chance * powerOf({ pairs, winRate, attempt })),
		0
	);

const kept = new Kept<number>(5_000);
/**
 * The chance that a plan, kept to its end, says SHIP IT of a model that wins so many of the decisive prompts. Exact for one vote. The smallest
 * difference that matters has no part in it. Kept: a page weighs several plans each time it is shown, and plays take a millisecond each.
 */
export const chanceToShip = (plan: Plan, winRate: number, ties: number): number =>
	kept.get([plan.prompts, plan.votes, plan.attempt, winRate, ties].join(' '), () =>
		plan.votes > 1 ? playedShare(plan, winRate, ties) : exactShare(plan, winRate, ties)
	);

/** The smallest win rate that a plan recognises in 80 of 100 comparisons. `null`: it can give no verdict. */
export const recognised = (plan: Plan, ties = usualTies): number | null =>
	rateFor((winRate) => chanceToShip(plan, winRate, ties), 9);

const steps = 6;
/** The chance that a plan ends in SHIP IT or DON'T SHIP when nothing is known: over all win rates alike. */
export const assuranceOf = (plan: Plan, ties = usualTies): number => {
	let sum = 0;
	for (let i = 0; i < steps; i++) {
		const winRate = 0.5 + (i + 0.5) / (2 * steps);
		sum += chanceToShip(plan, winRate, ties);
	}
	return sum / steps;
};

/** A draw from the gamma distribution, for a shape above 0 and up to some thousands. */
const gamma = (shape: number, random: () => number): number => {
	// Marsaglia and Tsang; their draws need a shape of 1, and have no end at 1/3
	if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape);
	const d = shape - 1 / 3;
	const c = 1 / Math.sqrt(9 * d);
	for (;;) {
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		const v = (1 + c * normal) ** 3;
		if (v > 0 && Math.log(1 - random()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return d * v;
	}
};

/**
 * The chance that `more` prompts, judged after results were seen, lead to SHIP IT or DON'T SHIP: averaged over what the scores so far
 * leave open (a Dirichlet with one of each score to begin with), by the rule that will be used.
 */
export const chanceAfter = (t: Tally, more: number): number => {
	const random = randomFrom(`after ${more}`);
	const { votes, counts } = t.scores;
	let settled = 0;
	for (let i = 0; i < played; i++) {
		const weights = counts.map((count) => gamma(count + 1 / votes, random));
		const whole = weights.reduce((sum, weight) => sum + weight, 0);
		const next = [...counts];
		for (let j = 0; j < more; j++) {
			let place = random() * whole;
			let at = 0;
			while (at < weights.length - 1 && (place -= weights[at]!) > 0) at++;
			next[at]!++;
		}
		settled += Number(decisionOf({ ...t, scores: { votes, counts: next }, continued: true }) !== null);
	}
	return settled / played;
};

const sizes = [20, 40, 60, 100, 200, 400, 800];

type Outlook = { some: { more: number; chance: number }; likely: number | null };

const outlookOf = (t: Tally): Outlook => {
	let some = { more: 60, chance: 0 };
	for (const more of sizes.filter((size) => size + judgedOf(t) <= 2000)) {
		const chance = chanceAfter(t, more);
		if (chance >= 0.5) return { some, likely: more };
		if (more <= 60) some = { more, chance };
	}
	return { some, likely: null };
};

const outlooks = new Kept<Outlook>(500);
/** How many more prompts give some chance of a verdict, and how many make it likely. Kept: results are looked at again and again. */
export const whatMoreGives = (t: Tally): Outlook => outlooks.get(JSON.stringify(t), () => outlookOf(t));

const tiesWords = (ties: number) => ` when ${Math.round(10 * ties)} of 10 end without a winner, as here so far`;

/** What a plan can prove, said before the work begins, with ties in it; whether it can at all. */
export const planProves = (plan: Plan, ties = usualTies): { possible: boolean; sentence: string } => {
	const rate = recognised(plan, ties);
	const prompts = many(plan.prompts, 'prompt');
	const least = `${minimum.toShip} with a clear winner are the least.`;
	if (rate !== null)
		return {
			possible: true,
			sentence: `With ${prompts}, a model that wins ${rateWords(rate)} will usually be recognised as better.`
		};
	// as many as needed, if they had a winner
	const why = plan.prompts >= minimum.toShip && ties > usualTies ? tiesWords(ties) : '';
	return { possible: false, sentence: `${prompts} can hardly give a verdict${why}; ${least}` };
};
