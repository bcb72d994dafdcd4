import { eq } from 'drizzle-orm';
import type { ReservedSql } from 'postgres';
import { type EventName, type Topic, events } from '../../contract/events.ts';
import { AppError } from '../../core/errors.ts';
import type { Role } from '../../core/permissions.ts';
import { drizzleOn } from '../platform/db/drizzle.ts';
import { type TimeoutKind, sendTimeouts } from '../platform/db/timeouts.ts';
import { teamPool } from '../platform/db/pools.ts';
import { type Sending, alone, inTransaction } from '../platform/db/transaction.ts';
import { projects } from '../platform/db/schema.ts';
import { linkEntries, tellPages } from '../events/relay.ts';
import { openingOf } from './opening.ts';
import { sharedLook } from './shared-look.ts';

/** What the audit log and the live pages say of a request, and what the log counts of it. */
export type ActingRequest = {
	id: string;
	address: string;
	transactions: number;
	/** The window of a browser it comes from, which hears of its own deeds apart from others'. */
	tab?: string | null;
	/** Ends when whoever asked has left before the answer. */
	left?: AbortSignal;
};

/** A key for scripts, as whoever acts. */
export type ActingKey = { id: string; name: string; expiresAt: Date };

type Who = {
	teamId: string;
	/** null: the system itself, when a job runs. */
	userId: string | null;
	role: Role;
	projectIds: 'all' | string[];
	/** The request that acts; a job has none. */
	request?: ActingRequest;
	/** The key that acts, where it is nobody in person. */
	key?: ActingKey;
	/** By what right a person acts: held against the database in every transaction, as a key is. Jobs, the demo and tests have none. */
	authority?: { personId: string } & ({ sessionHandle: string } | { tokenId: string });
	/** The address of the request, where who asks and what lies there was remembered: held against the database with the authority. */
	place?: { team: string; projectId: string; project: string };
	/** How the first look of a request opens that comes in with it (entrance.ts). */
	entering?: Entering;
	/** It asks for one page: what is looked at beside each other is one transaction (shared-look.ts). */
	sharesLooks?: true;
};

/** Takes the place of the settings and of the question about rights, once: what opens a transaction, and what leaves with its commit. */
export type Entering = { take(): { opening: Sending; closing: Sending } | undefined };

/** Who is acting, for which team, in which projects. The first argument of every use case. */
export type Scope = Who & {
	/** Who rates and votes: the key, which counts as a script, else the person. null: a job. `app_voter()` in the database. */
	voterId: string | null;
	/**
	 * One transaction that sees this team and nothing else. Commits what `work` did, or nothing of it, and throws unless it has.
	 * Never call a provider or send mail inside: the connection is held meanwhile.
	 */
	tx: Transacting;
	/**
	 * The same for whoever only looks: nobody who changes the members has to wait for it, and the database refuses what it would write. But
	 * for the first of a request with a key: that is counted in the same transaction. A query's `tx` is this one, unless it is `writing`.
	 */
	look: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
	/**
	 * A look that is answered as of one moment however much it asks: two counts that belong together agree. But for the
	 * first of a request with a key: that is counted in a row that others count in too.
	 */
	glance: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
	/** It is inside one: what would be found out and written down first is shown as far as it is known. */
	isGlance?: true;
};

/** `alone`: missing where a transaction does more than its work, such as say of a named request that it has acted. */
export type Transacting = { <T>(work: (tx: Tx) => Promise<T>): Promise<T>; alone?: Alone };

/**
 * A transaction that is one statement: what opens it is asked in the statement itself, before anything else of it. `textFrom` makes its text, once
 * for each way to open, from a query of one row that has to be there first; the values of that stand behind the `values`. Gives its first row.
 */
export type Alone = (textFrom: (opening: string) => string, values: unknown[]) => Promise<Record<string, unknown>>;

/** A project as it was when the request came in; what must not change meanwhile is read again under its lock. */
export type Project = Omit<
	typeof projects.$inferSelect,
	'nextExample' | 'nextRun' | 'nextEvaluation' | 'marked' | 'markedBy' | 'deletedAt' | 'deletedBy'
>;

/** A row of the table as pages know it: without how far its own work has come, and its end. */
export const projectOf = ({
	nextExample: _e,
	nextRun: _r,
	nextEvaluation: _v,
	marked: _m,
	markedBy: _y,
	deletedAt: _d,
	deletedBy: _b,
	...project
}: typeof projects.$inferSelect): Project => project;

/** A scope in one of its projects. */
export type ProjectScope = Scope & { project: Project };

/** The inside of a transaction: drizzle on one reserved connection; `$client` is the same connection for raw SQL and COPY. */
export type Tx = ReturnType<typeof drizzleOn> & {
	/** What has happened so far, and who hears of it after the commit (events/record.ts). */
	events: EventName[];
	topics: Set<Topic>;
	/** Nothing comes behind what was just sent: the commit leaves with it, and what is thrown later undoes nothing. */
	last: () => void;
};

const texts = new WeakMap<object, Map<string, string>>();
const madeOnce = (maker: object, kind: string, make: () => string): string => {
	const known = texts.get(maker) ?? new Map<string, string>();
	texts.set(maker, known);
	const text = known.get(kind) ?? make();
	known.set(kind, text);
	return text;
};

const beginning = {
	deed: undefined,
	look: (sql: ReservedSql) => sql`begin read only`,
	glance: (sql: ReservedSql) => sql`begin isolation level repeatable read read only`
};

/**
 * Makes a scope. Only hooks, the worker, keys and tokens, the demo seed and tests may: everybody else is handed one.
 *
 * The settings live as long as the transaction (`true`): the connection goes back to the pool without a team. Begin and
 * settings are sent without waiting, in one packet with the first query; if they fail, that query sees no rows.
 *
 * With an `authority`, the same packet asks whether the membership and the session, or token, are still those the request came in with,
 * and `tx` holds the membership until the commit: a removal waits, or wins. So it does for a key. Throws *forbidden* when they are not.
 */
export const scopeFor = (who: Who): Scope => {
	const { teamId, key } = who;
	const opens = openingOf(who);
	const opening = (client: ReservedSql, holding: boolean) => [
		client.unsafe(`select ${opens.columns(1, holding)}`, opens.values, { prepare: true })
	];
	const open = async <T>(kind: 'deed' | 'look' | 'glance', work: (tx: Tx) => Promise<T>): Promise<T> => {
		const holding = kind === 'deed';
		if (who.request) who.request.transactions++;
		const topics = new Set<Topic>();
		const happened: EventName[] = [];
		const entering = who.entering?.take();
		const first = (client: ReservedSql) => {
			if (!entering) return opening(client, holding);
			// a change does not believe who came in before, not even until they are asked about
			return holding ? [...entering.opening(client), ...opening(client, holding)] : entering.opening(client);
		};
		const result = await inTransaction(
			teamPool(teamId),
			first,
			(client, last) => {
				const db = drizzleOn(client);
				const over = () => (last(), process.nextTick(db.sends.end));
				return work(Object.assign(db, { events: happened, topics, last: over }));
			},
			entering?.closing,
			entering ? undefined : beginning[kind]
		);
		if (topics.size > 0) tellPages(teamId);
		if (happened.some((event) => events[event].audited)) linkEntries(teamId);
		return result;
	};
	const single: Alone = (textFrom, values) => {
		if (who.request) who.request.transactions++;
		const text = madeOnce(textFrom, opens.kind, () => textFrom(opens.columns(values.length + 1, true)));
		return alone(teamPool(teamId), text, [...values, ...opens.values]);
	};
	const scope: Scope = {
		...who,
		voterId: key?.id ?? who.userId,
		tx: Object.assign(<T>(work: (tx: Tx) => Promise<T>) => open('deed', work), who.entering ? {} : { alone: single }),
		look: (work) => open('look', work),
		glance: (work) => open('glance', work)
	};
	if (!who.sharesLooks) return scope;
	const { look, close } = sharedLook(scope.glance, goingOn);
	// what is looked at after a deed shows it
	return { ...scope, look, glance: look, tx: (work) => scope.tx(work).finally(close) };
};

/**
 * The same rights without a person to ask about: for the hub, which looks once for all pages with these rights. Each page is
 * asked about by its own stream.
 */
export const unattended = ({ teamId, userId, role, projectIds }: Scope): Scope =>
	scopeFor({ teamId, userId, role, projectIds });

/** The same scope for work that may take longer than somebody waits in front of a page. */
export const withTimeouts = <S extends Scope>(scope: S, kind: TimeoutKind): S => {
	const limited =
		(open: Scope['tx']): Scope['tx'] =>
		(work) =>
			open((tx) => {
				sendTimeouts(tx.$client, kind);
				return work(tx);
			});
	return {
		...scope,
		tx: limited(scope.tx),
		look: limited(scope.look),
		glance: limited(scope.glance)
	};
};

/** The same transaction for a part of what happens in it: what is the last of the part is not the last of all. */
export const goingOn = (tx: Tx): Tx => Object.create(tx, { last: { value: () => {} } });

/**
 * Several queries in one transaction, so that a page shows one moment: `work` gets the same scope, whose `tx` is the one that
 * is open. For looking only.
 */
export const together = <S extends Scope, T>(scope: S, work: (scope: S) => Promise<T>): Promise<T> =>
	scope.glance((tx) => {
		const part = goingOn(tx);
		const open: Scope['tx'] = (inner) => inner(part);
		return work({ ...scope, tx: open, look: open, glance: open, isGlance: true });
	});

/** The same for what writes something and then looks: what comes later sees what was written before. */
export const atOnce = <S extends Scope, T>(scope: S, work: (scope: S) => Promise<T>): Promise<T> =>
	scope.tx((tx) => {
		const part = goingOn(tx);
		const open: Scope['tx'] = (inner) => inner(part);
		return work({ ...scope, tx: open, look: open, glance: open });
	});

/** The scope in one of its projects, by the slug of an address. Throws *not found*. Only whoever may make a scope may make this one. */
export const inProject = async <S extends Scope>(scope: S, slug: string): Promise<S & ProjectScope> => {
	const [found] = await scope.tx((tx) => tx.select().from(projects).where(eq(projects.slug, slug)));
	if (!found) throw noProject();
	return { ...scope, project: projectOf(found) };
};

export const noProject = () => new AppError('not_found', 'There is no such project, or it is not yours to see.');
