/** Whoever trains on a model wants to use the result for a while: with fewer days than these nothing is ordered any more. */
export const fewestDays = 30;

const dayMs = 86_400_000;

/** Whole days from one day to another, both as `YYYY-MM-DD`; negative when it is over. */
export const daysBetween = (from: string, to: string): number =>
	Math.round((Date.parse(to) - Date.parse(from)) / dayMs);

/** A day as `YYYY-MM-DD`, in UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** A day as people read it: 14 January 2027. */
export const dayWords = (day: string): string =>
	new Date(day).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Why nothing is trained on a model that ends this soon, in a sentence; null where it lasts, or nobody knows its end. */
export const retirementProblem = (until: string | null | undefined, today: string): string | null => {
	if (!until || Number.isNaN(Date.parse(until))) return null;
	const days = daysBetween(today, until);
	if (days >= fewestDays) return null;
	const when = days < 0 ? 'has switched it off' : `switches it off on ${dayWords(until)}`;
	return `The provider ${when}, and with it everything that is trained on it. Move to another model: examples, ratings and the split stay as they are.`;
};
