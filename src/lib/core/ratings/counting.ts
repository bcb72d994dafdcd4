/** One act of one person on one example: a score, or null to take the earlier one back. */
export type Given = {
	/** The order of acts. */
	seq: number;
	/** Which text it was given for: '' is the original answer, else something that names the rewrite. */
	text: string;
	score: number | null;
	/** The person has been shown what others gave since. */
	settled: boolean;
};

/**
 * What counts of one person's acts on an example whose text is now `present`; null when nothing does. A score belongs to the text
 * it was given for: after a rewrite it no longer counts, and when the rewrite is taken back it counts again. It is the latest
 * one, unless that was taken back; but once the person was shown what others gave, a score they give stands for the one from
 * before that. Until then everything can be corrected. The functions of drizzle/functions/ratings.sql say the same.
 */
export const countingScore = (given: readonly Given[], present: string): number | null => {
	const ofText = given.filter(({ text }) => text === present).sort((one, two) => two.seq - one.seq);
	const [latest] = ofText;
	if (latest === undefined || latest.score === null) return null;
	return (ofText.find(({ settled }) => settled) ?? latest).score;
};

/**
 * The rating of an example: the mean of what counts of each person, and of how many. null: nobody's score counts. What scripts gave is
 * not among it: `given` is people's.
 */
export const ratingOf = (
	given: readonly (Given & { person: string })[],
	present: string
): { rating: number | null; count: number } => {
	const scores = [...Map.groupBy(given, ({ person }) => person).values()]
		.map((own) => countingScore(own, present))
		.filter((score) => score !== null);
	const sum = scores.reduce((total, score) => total + score, 0);
	return { rating: scores.length > 0 ? sum / scores.length : null, count: scores.length };
};
