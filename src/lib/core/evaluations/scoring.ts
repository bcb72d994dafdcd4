import { wilson } from '../math/binomial.ts';

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

/** What came out of a revealed scoring, for lists. */
export type Scored = ScoreSummary & { version: string; sendableFrom: number };
