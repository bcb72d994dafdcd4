import type { Outcome } from './outcome.ts';

/** How many prompts have which score. The score at place i is (i − votes) / votes: from −1 in steps of 1/votes up to +1. */
export type Scores = { votes: number; counts: readonly number[] };

const worth: Record<Outcome, number> = { a: 1, b: -1, tie: 0, both_bad: 0 };

/**
 * The score of a prompt in votes: the sum of its first `votes` votes, +1 where A is better and −1 where it is worse. null until it
 * has so many: an outcome that may still change is one more look at the data.
 */
export const scoreOf = (said: readonly Outcome[], votes: number): number | null =>
	said.length < votes ? null : said.slice(0, votes).reduce((sum, outcome) => sum + worth[outcome], 0);

/** Whether everybody whose vote counts called both answers bad. */
export const isBothBad = (said: readonly Outcome[], votes: number): boolean =>
	said.length >= votes && said.slice(0, votes).every((outcome) => outcome === 'both_bad');

/** What the score of a prompt is called. null: it does not count yet. */
export const outcomeOf = (said: readonly Outcome[], votes: number): Outcome | null => {
	const score = scoreOf(said, votes);
	if (score === null) return null;
	if (score !== 0) return score > 0 ? 'a' : 'b';
	return isBothBad(said, votes) ? 'both_bad' : 'tie';
};

/** Sums of votes, counted. */
export const scoresFrom = (sums: readonly number[], votes: number): Scores => {
	const counts = new Array<number>(2 * votes + 1).fill(0);
	for (const sum of sums) counts[sum + votes]!++;
	return { votes, counts };
};

/** One vote a prompt: so many better, so many worse, so many without a difference. */
export const singleVotes = (wins: number, losses: number, same = 0): Scores => ({
	votes: 1,
	counts: [losses, same, wins]
});

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Prompts that count. */
export const countOf = ({ counts }: Scores) => sumOf(counts);
/** Prompts on which A is better, worse, neither. */
export const winsOf = ({ votes, counts }: Scores) => sumOf(counts.slice(votes + 1));
export const lossesOf = ({ votes, counts }: Scores) => sumOf(counts.slice(0, votes));
export const sameOf = ({ votes, counts }: Scores) => counts[votes]!;

/** The mean score, from −1 to +1: the one number that is estimated. null when nothing counts. */
export const netPreference = (scores: Scores): number | null => {
	const { votes, counts } = scores;
	const n = countOf(scores);
	return n === 0 ? null : counts.reduce((sum, count, i) => sum + count * (i - votes), 0) / (n * votes);
};
