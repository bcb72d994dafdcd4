/** What is fixed before anybody votes. */
export type Plan = {
	/** How many prompts. */
	prompts: number;
	/** How many people judge each: a prompt counts when so many have. */
	votes: number;
	/** The smallest net preference that matters, in points. */
	delta: number;
	/** The how manieth comparison of these two it is: the bar rises with it. */
	attempt: number;
};

/** Where the prompts of a comparison come from: examples in validation, or the pool of prompts, which has no answers. */
export const promptSources = ['validation', 'pool'] as const;
export type PromptSource = (typeof promptSources)[number];

/** Prompts of one comparison, or answers of a scoring, at most: nobody reads more. */
export const mostAsked = 2000;

/** Votes on one prompt, at most. */
export const mostVotes = 3;
export const usualDelta = 20;

/** No answer is asked to be longer than so many tokens. */
export const mostTokens = 4096;

/** Whatever is not longer than so many tokens fits where nobody says how long answers may be. An index of examples begins here (`examples_long`). */
export const usualAnswer = 682;

/** How long answers may be where nobody says: half as long again as the longest that was to be learnt, so that none need be cut off. */
export const maxTokensFor = (longestAnswer: number): number =>
	Math.min(mostTokens, Math.max(1024, Math.ceil(1.5 * longestAnswer)));

/** The plan where nobody chose one: every prompt once. */
export const singlePlan = (prompts: number): Plan => ({ prompts, votes: 1, delta: usualDelta, attempt: 1 });

/** What a verdict needs in the j-th comparison of the same two: p below, or evidence from there on. */
export type Bar = { p: number; reject: number; evidence: number };

/**
 * The bar of the j-th try. A little lower for DON'T SHIP, which may be said from 8 decisive prompts on: at .05 equal models would be
 * told so in 3.7 % of evaluations, and the budget is 3.5 % in either direction.
 */
export const barOf = (attempt: number): Bar => ({
	p: 0.05 / attempt ** 2,
	reject: 0.045 / attempt ** 2,
	evidence: 20 * attempt ** 2
});
