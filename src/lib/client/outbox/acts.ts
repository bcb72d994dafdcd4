/** What a person gives: a score or a choice; null takes the earlier one back. */
export type Value = number | string | null;

/** What a voter adds to their vote on a pair: how good each answer is as it stood on the screen, and their note. */
export type Remark = { first: number | null; second: number | null; note: string };

/** Something decided in this browser, from the press until it is settled. Ids, scores, choices and own notes, never others’ texts. */
export type Act = {
	kind: 'rating' | 'vote' | 'unwrite' | 'remark' | 'score';
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
	/** Of a rewrite that is taken back: the id it was sent with. */
	rewrite?: string;
	/** Of a remark, whose `value` is null. */
	remark?: Remark;
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

const isAbout = (one: Act, two: Act) => one.subject === two.subject && one.place === two.place;
/** Of the same thing, and the same kind of word on it. */
export const isOfTheSame = (one: Act, two: Act) =>
	isAbout(one, two) && (one.kind === 'remark') === (two.kind === 'remark');

export const inOrder = (one: Act, two: Act) => one.order - two.order || (one.clientId < two.clientId ? -1 : 1);

/** As the server takes it (contract/ratings.ts, contract/evaluations.ts). */
const bodies = {
	rating: ({ subject, value, text, saw, clientId }) => ({ exampleId: subject, score: value, text, saw, clientId }),
	vote: ({ subject, value, saw, clientId }) => ({ ballotId: subject, choice: value, saw, clientId }),
	unwrite: ({ subject, rewrite, clientId }) => ({ exampleId: subject, rewrite, clientId }),
	score: ({ subject, value, saw, clientId }) => ({ ballotId: subject, score: value, saw, clientId }),
	remark: ({ subject, remark, clientId }) => ({ ballotId: subject, ...remark, clientId })
} satisfies Record<Act['kind'], (act: Act) => object>;

const methods = { rating: 'POST', vote: 'POST', unwrite: 'DELETE', remark: 'PUT', score: 'POST' } satisfies Record<
	Act['kind'],
	string
>;

export const requestOf = (act: Act): { method: string; body: string } => ({
	method: methods[act.kind],
	body: JSON.stringify(bodies[act.kind](act))
});

/** What the server says for good. The rest is of the way there, or of the moment, and the same may arrive later. */
const lastWords = new Set([400, 403, 404, 405, 409, 410, 412, 413, 415, 422]);

type Problem = { code: string; message: string; field?: string; now?: Value };
export type Said = { ok: true; score: unknown } | { ok: false; problem: Problem };

/**
 * What the server has said to an act; undefined for what it may say otherwise in a moment, and for what is no word of ours: the
 * page of a hotel's network, of a proxy while the server starts anew.
 */
export const saidBy = async (answer: Response): Promise<Said | undefined> => {
	const body = await answer.json().catch(() => null);
	if (typeof body !== 'object' || body === null) return undefined;
	if (answer.ok) return { ok: true, score: body.score };
	const problem = body.error ?? body;
	if (!lastWords.has(answer.status) || typeof problem?.code !== 'string') return undefined;
	return { ok: false, problem };
};

/** The next one to send: the oldest that waits at none of these places, and behind no question about the same thing. */
export const nextOf = (acts: readonly Act[], stuck: ReadonlySet<string>): Act | undefined => {
	const asked = acts.filter(({ stands }) => stands);
	return acts.find(
		(act) => isWaiting(act) && !stuck.has(act.place) && !asked.some((question) => isAbout(act, question))
	);
};
