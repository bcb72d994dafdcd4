import type { Outcome } from './outcome.ts';
import { many, points, range } from './words.ts';

export const guestStates = ['open', 'full', 'expired', 'revoked', 'closed', 'waiting'] as const;
export type GuestState = (typeof guestStates)[number];

/** What a guest reads instead of a pair; the first two are said to who is new only. */
export const guestStateWords: Record<Exclude<GuestState, 'open'>, string> = {
	full: 'As many people have taken part as this link has places for. Thank you for coming.',
	expired: 'The time of this link is over. Ask whoever sent it for a new one.',
	revoked: 'This link was taken back. Ask whoever sent it for a new one.',
	closed: 'The vote is over: its results are known. Thank you for coming.',
	waiting: 'The answers are still being written. Come back in a while: the link stays the same.'
};

/** What guests said of so many pairs. Kept apart: a verdict counts the people of the team. */
export type GuestVotes = {
	votes: number;
	pairs: number;
	guests: number;
	/** The mean over the pairs of what was said of each, from −1 to 1, with its 95 % interval. */
	netPreference: number;
	interval: [low: number, high: number];
};

const worth: Record<Outcome, number> = { a: 1, b: -1, tie: 0, both_bad: 0 };

/**
 * The numbers of guests' votes, those of each pair together, so that a pair which many have seen weighs no more than another; null where
 * nobody said anything. The interval is that of the plan for more votes than one (README).
 */
export const guestNumbers = (byPair: readonly (readonly Outcome[])[], guests: number): GuestVotes | null => {
	const scores = byPair
		.filter(({ length }) => length > 0)
		.map((said) => said.reduce((sum, outcome) => sum + worth[outcome], 0) / said.length);
	if (scores.length === 0) return null;
	const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
	const widened = [...scores, 1, -1];
	const center = widened.reduce((sum, score) => sum + score, 0) / widened.length;
	const spread = widened.reduce((sum, score) => sum + (score - center) ** 2, 0) / (widened.length - 1);
	const half = 1.96 * Math.sqrt(spread / widened.length);
	return {
		votes: byPair.reduce((sum, said) => sum + said.length, 0),
		pairs: scores.length,
		guests,
		netPreference: mean,
		interval: [Math.max(-1, center - half), Math.min(1, center + half)]
	};
};

/** For the results: what guests said, and that it does not count. */
export const guestSentence = ({ votes, pairs, guests, netPreference, interval }: GuestVotes, { a }: { a: string }) =>
	`Guests: ${points(netPreference)} points for ${a} (${range(interval)}), over ${many(pairs, 'pair')} with ${many(votes, 'vote')} of ${many(guests, 'guest')}. They do not count in the verdict.`;
