import type { countOutcomes } from './tally.ts';

/** What scripts said of so many pairs, in so many votes, from the side of contender A. Kept apart: a verdict counts people. */
export type ScriptVotes = { votes: number; pairs: number } & ReturnType<typeof countOutcomes>;

/** For the results of an evaluation: what scripts said, and that it does not count. */
export const scriptSentence = (
	{ pairs, wins, losses, ties, bothBad }: Omit<ScriptVotes, 'votes'>,
	names: { a: string; b: string }
): string => {
	const said = [
		wins > 0 && `${wins} for ${names.a}`,
		losses > 0 && `${losses} for ${names.b}`,
		ties > 0 && (ties === 1 ? '1 tie' : `${ties} ties`),
		bothBad > 0 && `${bothBad} both bad`
	].filter((part) => part !== false);
	const voted = `Scripts voted on ${pairs === 1 ? '1 pair' : `${pairs} pairs`}`;
	return `${voted}: ${said.join(', ')}. They do not count in the verdict.`;
};
