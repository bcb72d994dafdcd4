import type { Topic } from './events.ts';

/** Where nobody can say what was missed: the whole page looks again. */
export const everything = 'everything';

/** One message of a live stream: what changed since the one before, each topic once. */
export type News = {
	/** By others, and by other windows of the same person. */
	topics: (Topic | typeof everything)[];
	/** By this window alone, which knows already. */
	own: Topic[];
	/** How many examples wait for a rating now, by project, for who sees everybody's scores: so nobody has to ask for it. */
	unrated?: Record<string, number>;
};
