/** What the votes on one item come to, from the side of contender A. */
export type Outcome = 'a' | 'b' | 'tie' | 'both_bad';

/** One outcome per item. Skipped and unjudged items are in no count but `planned`. */
export type Tally = {
	/** Items that contender A won, and lost. */
	wins: number;
	losses: number;
	ties: number;
	bothBad: number;
	/** Items, fixed when the evaluation was created. */
	planned: number;
	/** Items found in the training data of a contender. */
	leaked: number;
	/** Decisive votes that chose the answer shown first, … */
	positionFirst: number;
	/** … of so many. Default: wins + losses; more when an item has several raters. */
	positionVotes?: number;
};

export const judgedOf = (t: Tally) => t.wins + t.losses + t.ties + t.bothBad;
export const decisiveOf = (t: Tally) => t.wins + t.losses;

/**
 * Several raters on one item count once: what more than half of them said, else a tie. `null` until all `raters` have
 * voted, because an outcome that may still change is one more look at the data. Where nobody fixed the
 * number of raters, votes must end when the identities are revealed, for the same reason.
 */
export const itemOutcome = (votes: readonly Outcome[], raters = 1): Outcome | null => {
	if (votes.length === 0 || votes.length < raters) return null;
	return (
		(['a', 'b', 'both_bad'] as const).find((o) => votes.filter((vote) => vote === o).length * 2 > votes.length) ?? 'tie'
	);
};

/** Counts outcomes into the first half of a tally; `null` is an item without an outcome yet. */
export const countOutcomes = (outcomes: readonly (Outcome | null)[]) => {
	const count = (outcome: Outcome) => outcomes.filter((o) => o === outcome).length;
	return { wins: count('a'), losses: count('b'), ties: count('tie'), bothBad: count('both_bad') };
};
