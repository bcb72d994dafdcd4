// Everything that happens, as one list: who hears of it, what is written down, what people read.
import * as v from 'valibot';

/** What a page can wait for. */
export type Topic = `run:${string}` | `evaluation:${string}` | `project:${string}`;

type About<Details> = {
	/** The id of what it happened to. */
	subject: string;
	/** Missing where it concerns the whole team. */
	projectId?: string;
	details: Details;
};

type Kind<S extends v.GenericSchema> = {
	/** Facts that last: numbers and names, never texts of examples, never keys. */
	details: S;
	/** Goes on after a name: "Ana …". */
	sentence: (details: v.InferOutput<S>) => string;
	/** The pages that look again. */
	topics: (about: About<v.InferOutput<S>>) => Topic[];
	/** Written into the audit log, for owners. */
	audited: boolean;
	/** Shown in the project's activity. */
	feed: boolean;
	/** Sent to the team's endpoints, by this event's name. */
	webhook: boolean;
};

type AnyKind = Omit<Kind<v.GenericSchema>, 'sentence' | 'topics'> & {
	sentence: (details: never) => string;
	topics: (about: never) => Topic[];
};

const event = <S extends v.GenericSchema>(
	details: S,
	sentence: Kind<S>['sentence'],
	{ topics = () => [], audited = false, feed = false, webhook = false }: Partial<Omit<Kind<S>, 'details' | 'sentence'>>
): Kind<S> => ({ details, sentence, topics, audited, feed, webhook });

const inProject = ({ projectId }: About<unknown>): Topic[] => (projectId ? [`project:${projectId}`] : []);
const ofEvaluation = ({ subject }: About<unknown>): Topic[] => [`evaluation:${subject}`];
const ofEvaluationAndProject = (about: About<unknown>): Topic[] => [...ofEvaluation(about), ...inProject(about)];

export const events = {
	// ── ratings
	'example.rated': event(v.strictObject({ number: v.number() }), ({ number }) => `rated example ${number}`, {
		topics: inProject,
		feed: true
	}),
	'example.rewritten': event(v.strictObject({ number: v.number() }), ({ number }) => `rewrote example ${number}`, {
		topics: inProject,
		feed: true
	}),
	'rewrite.undone': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `took a rewrite of example ${number} back`,
		{ topics: inProject, feed: true }
	),

	// ── evaluations: before the reveal no sentence says its name, which tells who competes
	'evaluation.created': event(
		v.strictObject({ name: v.string(), planned: v.number() }),
		({ planned }) => `set up a comparison of ${planned} ${planned === 1 ? 'pair' : 'pairs'}`,
		{ topics: inProject, audited: true, feed: true }
	),
	'evaluation.retried': event(
		v.strictObject({ name: v.string() }),
		() => 'had the answers of a comparison tried again',
		{
			topics: ofEvaluation,
			audited: true
		}
	),
	/** More answers are there, or what they wait for is something else. */
	'evaluation.progressed': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `goes on with the answers of comparison ${number}`,
		{ topics: ofEvaluation }
	),
	'evaluation.ready': event(
		v.strictObject({ number: v.number(), planned: v.number() }),
		({ number }) => `opened the vote on comparison ${number}`,
		{ topics: ofEvaluationAndProject, feed: true, webhook: true }
	),
	'evaluation.failed': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `could not get the answers of comparison ${number}`,
		{ topics: ofEvaluationAndProject, feed: true }
	),
	'evaluation.voted': event(v.strictObject({ number: v.number() }), ({ number }) => `voted in comparison ${number}`, {
		topics: ofEvaluation,
		feed: true
	}),
	'evaluation.revealed': event(
		v.strictObject({ name: v.string(), judged: v.number(), planned: v.number() }),
		({ name, judged, planned }) => `revealed the results of “${name}” at ${judged} of ${planned}`,
		{ topics: ofEvaluationAndProject, audited: true, feed: true, webhook: true }
	),
	/** A vote after an early reveal is in what lists say of it. */
	'evaluation.counted': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `counted the votes on comparison ${number} again`,
		{ topics: ofEvaluationAndProject }
	)
} as const satisfies Record<string, AnyKind>;

export type EventName = keyof typeof events;
type Details<Name extends EventName> = v.InferInput<(typeof events)[Name]['details']>;

/** One thing that has happened, as `record` takes it. */
export type Happening = { [Name in EventName]: { event: Name } & About<Details<Name>> }[EventName];
