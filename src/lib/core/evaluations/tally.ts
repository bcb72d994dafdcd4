import type { Outcome } from './outcome.ts';
import { type Plan, singlePlan } from './plan.ts';
import { countOf, lossesOf, sameOf, type Scores, singleVotes, winsOf } from './scores.ts';

/** All that the rules of the verdict ask for. Prompts that do not count are in no number but the plan's. */
export type Tally = {
	scores: Scores;
	/** Of the prompts without a difference, those that everybody called both bad. */
	bothBad: number;
	plan: Plan;
	/** Of the planned prompts, those that are out because people skipped them. */
	skipped: number;
	/** It goes on after results were seen: only evidence that may be looked at at any time counts. */
	continued: boolean;
	/** Prompts found in the training data of a contender. */
	leaked: number;
	/** Prompts that nearly ask the same as another one of them. null: they have not been compared. */
	alike: number | null;
	/** Prompts that count whose answer, of this side, was cut off or is empty. */
	broken: { a: number; b: number };
};

export type Counts = { wins: number; losses: number; ties: number; bothBad: number };

/** A tally of one vote a prompt, as in the command line and in examples. Complete unless more were planned. */
export const singleTally = (
	{ wins, losses, ties, bothBad }: Counts,
	{ planned, leaked = 0 }: { planned?: number; leaked?: number } = {}
): Tally => ({
	scores: singleVotes(wins, losses, ties + bothBad),
	bothBad,
	plan: singlePlan(planned ?? wins + losses + ties + bothBad),
	skipped: 0,
	continued: false,
	leaked,
	alike: null,
	broken: { a: 0, b: 0 }
});

export const judgedOf = (t: Tally) => countOf(t.scores);
export const decisiveOf = (t: Tally) => winsOf(t.scores) + lossesOf(t.scores);

/** Better, worse, no difference, both bad: what a bar shows. */
export const countsOf = (t: Tally): Counts => ({
	wins: winsOf(t.scores),
	losses: lossesOf(t.scores),
	ties: sameOf(t.scores) - t.bothBad,
	bothBad: t.bothBad
});

/** Counts outcomes; null is an item without one yet. */
export const countOutcomes = (outcomes: readonly (Outcome | null)[]): Counts => {
	const count = (outcome: Outcome) => outcomes.filter((o) => o === outcome).length;
	return { wins: count('a'), losses: count('b'), ties: count('tie'), bothBad: count('both_bad') };
};
