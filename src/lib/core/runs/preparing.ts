import { figure } from '../text/figure.ts';

/**
 * How far the files of a run are, between two of their parts, and what they are made from: the project as it was when the run was started. What
 * came into it later is in none of them.
 */
export type Preparing = {
	systemPrompt: string;
	qualityThreshold: number;
	/** Numbers from here on came later. */
	before: number;
	/** The examples that stand first in the training file, by number. */
	first: number[];
	/** The leg of the walk that it is on, and the last that was looked at on it. */
	leg: number;
	last: number;
	/** Of each file, so far. */
	taken: { train: number; validation: number };
	parts: { train: number; validation: number };
	/** Of so many parts of the training file the prompts are written down as well; none of them in what an older version began. */
	hashed?: number;
	/** Of the training file. */
	tokens: number;
	/** Whoever writes now. Another one that goes on with it puts itself here, and the first one stops. */
	worker: string | null;
};

/** A project with more examples than this is prepared in parts, by a job: nobody who rates or imports waits for all of it. */
export const preparedAtOnce = 1_000;

/** Below the name of the step: how many of about how many stand in the files. */
export const preparedSoFar = ({ taken, expected }: { taken: number; expected: number }): string =>
	`${figure(taken)} of about ${figure(expected)} prepared`;
