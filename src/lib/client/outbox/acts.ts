/** What a person gives: a score or a choice; null takes the earlier one back. */
export type Value = number | string | null;

/** Something decided in this browser, from the press until it is settled. Ids, scores and choices, never texts. */
export type Act = {
	kind: 'rating' | 'vote';
	/** Made here, so that what arrives twice counts once. */
	clientId: string;
	/** The moment it was given: what several windows and visits decide goes out as it came. */
	order: number;
	/** The path it is sent to. */
	place: string;
	/** The example or the ballot. */
	subject: string;
	/** The number people know it by; acts of earlier pages have none. */
	number?: number;
	value: Value;
	/** What stood there when it was given. */
	saw?: Value;
	/** Of a rating: which of the example's texts was read. */
	text?: string;
	/** When it arrived. Kept for a moment after that: another window may have asked for its cards just before. */
	arrived?: number;
	/** Something else stands there by now: the person chooses. */
	stands?: { value: Value };
	/** Why the server does not take it. */
	refused?: string;
	/** It arrived, and this counts instead. */
	counts?: { value: Value };
};

/** What a press says of itself; the rest the outbox knows. */
export type Given = Omit<Act, 'clientId' | 'order' | 'arrived' | 'stands' | 'refused' | 'counts'>;

export const isWaiting = (act: Act) =>
	act.arrived === undefined && act.stands === undefined && act.refused === undefined;
/** Something a person has to be told, or asked. */
export const isOpen = (act: Act) => act.stands !== undefined || act.refused !== undefined || act.counts !== undefined;

export const inOrder = (one: Act, two: Act) => one.order - two.order || (one.clientId < two.clientId ? -1 : 1);

/** As the server takes it (contract/ratings.ts, contract/evaluations.ts). */
export const bodyOf = ({ kind, subject, value, text, saw, clientId }: Act): object =>
	kind === 'rating'
		? { exampleId: subject, score: value, text, saw, clientId }
		: { ballotId: subject, choice: value, saw, clientId };

/** The next one to send: the oldest that waits at none of these places, and behind no question about the same thing. */
export const nextOf = (acts: readonly Act[], stuck: ReadonlySet<string>): Act | undefined => {
	const asked = new Set(acts.filter(({ stands }) => stands).map(({ subject }) => subject));
	return acts.find((act) => isWaiting(act) && !stuck.has(act.place) && !asked.has(act.subject));
};
