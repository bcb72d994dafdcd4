import type { Base } from './synced.ts';

/** One side of an example, as far as both can change it. */
export type Stand = { rating: number | null; text: string };
export type Prefer = 'here' | 'there' | undefined;

export type Merged = {
	/** What the file here takes over. */
	takes: { rating: boolean; text: boolean };
	/** Both sides wrote another answer, and nobody has said which stays. */
	isConflict: boolean;
	/** Something here was not sent yet. */
	isUnsent: boolean;
	base: Base;
};

const fresh: Base = { rating: null, text: '', acts: 0 };

/** Whether each side has changed what both knew. What was never heard of the server's rating counts as no rating. */
export const changes = (mine: Stand, theirs: Stand, base: Base = fresh) => ({
	rating: {
		here: mine.rating !== base.rating,
		there: base.server === undefined ? theirs.rating !== null : theirs.rating !== base.server
	},
	text: { here: mine.text !== base.text, there: theirs.text !== base.text }
});

/**
 * What an example of both sides comes to when theirs is pulled. Ratings are never in conflict: what was rated here and not sent yet stays,
 * and goes to the server as one's own, beside everybody else's. Of two rewrites one has to stay.
 */
export const merged = (mine: Stand, theirs: Stand, known: Base | undefined, prefer: Prefer): Merged => {
	const { rating, text } = changes(mine, theirs, known);
	const base: Base = { ...(known ?? fresh) };
	delete base.isSending;
	const takes = { rating: false, text: false };
	let isConflict = false;

	if (mine.rating === theirs.rating) Object.assign(base, { rating: mine.rating, server: theirs.rating });
	else if (rating.there && (!rating.here || prefer === 'there')) {
		takes.rating = true;
		Object.assign(base, { rating: theirs.rating, server: theirs.rating });
	} else if (rating.there && prefer === 'here') base.server = theirs.rating;
	// what one has said there meanwhile has been looked at now
	if (rating.there && prefer !== undefined) delete base.own;

	if (mine.text === theirs.text) base.text = mine.text;
	else if (text.there && (!text.here || prefer === 'there')) {
		takes.text = true;
		base.text = theirs.text;
		delete base.own;
	} else if (text.there && prefer === 'here') base.text = theirs.text;
	else if (text.there) isConflict = true;

	const isUnsent =
		(!takes.rating && mine.rating !== base.rating) || (!takes.text && !isConflict && mine.text !== base.text);
	return { takes, isConflict, isUnsent, base };
};
