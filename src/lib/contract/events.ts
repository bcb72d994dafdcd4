// Everything that happens, as one list: who hears of it, what is written down, what people read.
import * as v from 'valibot';
import { roles } from '../core/permissions.ts';

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

const Role = v.picklist(roles);
/** What somebody is in a team; null is every project. */
const Place = { role: Role, projectIds: v.nullable(v.array(v.string())) };
const roleWords = { owner: 'an owner', trainer: 'a trainer', rater: 'a rater' };

const inProject = ({ projectId }: About<unknown>): Topic[] => (projectId ? [`project:${projectId}`] : []);

export const events = {
	// ── team
	'member.invited': event(
		v.strictObject({ email: v.string(), ...Place }),
		({ email, role }) => `invited ${email} as ${roleWords[role]}`,
		{ audited: true }
	),
	'member.invited_again': event(v.strictObject({ email: v.string() }), ({ email }) => `invited ${email} again`, {
		audited: true
	}),
	'invitation.revoked': event(
		v.strictObject({ email: v.string() }),
		({ email }) => `took the invitation of ${email} back`,
		{ audited: true }
	),
	// written by the database (accept_invitation), so that it is one with the membership
	'member.joined': event(v.strictObject({ role: Role }), ({ role }) => `joined the team as ${roleWords[role]}`, {
		audited: true
	}),
	'member.role_changed': event(
		v.strictObject({ email: v.string(), before: v.strictObject(Place), after: v.strictObject(Place) }),
		({ email, after }) => `made ${email} ${roleWords[after.role]}`,
		{ audited: true }
	),
	'member.removed': event(
		v.strictObject({ email: v.string(), role: Role }),
		({ email }) => `took ${email} out of the team`,
		{ audited: true }
	),
	'member.left': event(v.strictObject({ role: Role }), () => 'left the team', { audited: true }),

	// ── connections
	'connection.created': event(
		v.strictObject({ provider: v.string(), name: v.string(), baseUrl: v.nullable(v.string()) }),
		({ name }) => `added the connection ${name}`,
		{ audited: true }
	),
	'connection.tested': event(v.strictObject({ name: v.string() }), ({ name }) => `tested the connection ${name}`, {}),
	'connection.key_replaced': event(
		v.strictObject({ name: v.string() }),
		({ name }) => `replaced the key of the connection ${name}`,
		{ audited: true }
	),
	'connection.removed': event(
		v.strictObject({ name: v.string(), provider: v.string() }),
		({ name }) => `removed the connection ${name}`,
		{ audited: true }
	),

	// ── project
	'project.created': event(
		v.strictObject({ name: v.string(), slug: v.string() }),
		({ name }) => `made the project ${name}`,
		{ audited: true, feed: true }
	),
	'project.changed': event(
		v.strictObject({ name: v.string(), baseModel: v.string() }),
		({ name }) => `changed the settings of ${name}`,
		{ topics: inProject, audited: true, feed: true }
	),

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
	)
} as const satisfies Record<string, AnyKind>;

export type EventName = keyof typeof events;
type Details<Name extends EventName> = v.InferInput<(typeof events)[Name]['details']>;

/** One thing that has happened, as `record` takes it. */
export type Happening = { [Name in EventName]: { event: Name } & About<Details<Name>> }[EventName];
