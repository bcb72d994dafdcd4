import { wilson } from '../math/binomial.ts';
import type { Agreement } from './agreement.ts';

/** What a person says of one answer beside the expected one, as it stands on a ballot. */
export const scoreMarks = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;
export type ScoreMark = (typeof scoreMarks)[number];

export type ScoreSummary = {
	/** Answers that count. */
	count: number;
	average: number | null;
	/** How many answers have which score, from 1 to 10. Of several people the mean counts, rounded down: 7.9 is no 8. */
	histogram: number[];
	/** Answers that could be sent as they are. */
	sendable: number;
	sendableRate: number | null;
	/** 95 %, by Wilson: answers that have been scored stand for those that have not. */
	interval: [low: number, high: number] | null;
};

/** The numbers of a scoring, one score for each answer; also of `ait eval`. */
export const summaryOf = (scores: readonly number[], sendableFrom: number): ScoreSummary => {
	const count = scores.length;
	const sendable = scores.filter((score) => score >= sendableFrom).length;
	return {
		count,
		average: count === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / count,
		histogram: scoreMarks.map((_, at) => scores.filter((score) => Math.floor(score) === at + 1).length),
		sendable,
		sendableRate: count === 0 ? null : sendable / count,
		interval: wilson(sendable, count)
	};
};

/** Which answers of a scoring are shown: all, or those that could not be sent. */
export const scoreShows = ['all', 'below'] as const;
export type ScoreShow = (typeof scoreShows)[number];

/**
 * All that the scores of a scoring come to, counted once, at the reveal, which ends it. What people are called, and what may be learnt of a prompt
 * later, is in none of it.
 */
export type CountedScores = {
	/** The mean score of each answer, by its place; null of one that is in no number. */
	answers: (number | null)[];
	/** Of those without a score what people skipped. */
	skipped: number;
	/** Of those with one what was cut off or says nothing. */
	broken: number;
	/** What each person gave. `shift`: how far above the others, on what these scored as well. */
	voters: { id: string; summary: ScoreSummary; shift: number | null }[];
	agreement: Agreement;
};

/** What came out of a revealed scoring, for lists. */
export type Scored = ScoreSummary & { version: string; sendableFrom: number };
