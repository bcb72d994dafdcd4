import type postgres from 'postgres';
import type { RestLimit } from '../../contract/rest-limits.ts';
import { type KeyKind, readKey } from '../../core/keys/key.ts';
import { sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { projectFrom } from './memberships.ts';
import type { ActingRequest, Entering, Project, Scope } from './scope.ts';

/** Of a bucket, after this request; `refused`: there was none left for it. */
export type Requests = { remaining: number; refused: boolean; waitSeconds: number };

/** Whoever comes in with a key or a token that works. */
export type Holder = {
	scope: Scope;
	team: { id: string; slug: string; name: string };
	/** That of the address, if it is theirs to see. */
	project: Project | null;
	/** Of their bucket. */
	requests: Requests;
};

/** What is asked: by which secret, into which project, from where. */
type Asked = { hash: Buffer; projectSlug: string | null; address: string };
type Row = postgres.Row;
type Rows = postgres.PendingQuery<Row[]>;

/** A way in for scripts: keys of a team (keys.ts), and personal tokens (tokens.ts). */
export type Entrance = {
	kind: KeyKind;
	bucketOf(row: Row): string;
	/**
	 * Who this is, and to the end of the transaction the one who acts. No row: nobody, whatever is wrong with it. Times and the project come as
	 * text, the same from every pool, since a row is only held against the one before it.
	 */
	act(sql: postgres.ISql, asked: Asked): Rows;
	/** The same after a request was taken out of the bucket, with `remaining` and `wait`. */
	enter(sql: postgres.ISql, asked: Asked, limit: RestLimit): Rows;
	scopeOf(row: Row, request: ActingRequest, entering?: Entering): Scope;
};

const askedBy = (bearer: string, projectSlug: string | null, { address }: ActingRequest): Asked => ({
	hash: sha256(bearer),
	projectSlug,
	address
});

/** Takes a request out of a bucket. */
const taking = (sql: postgres.ISql, bucket: string, { most, perSeconds }: RestLimit): Rows =>
	sql`select * from take_request(${bucket}, ${most}, ${perSeconds})`;

const requestsFrom = ({ remaining, wait }: Row): Requests => ({
	remaining: remaining ?? 0,
	refused: remaining === null,
	waitSeconds: wait
});

/** Takes a request out of a bucket of its own: for whoever comes without anything that works. */
export const takeRequest = async (bucket: string, limit: RestLimit): Promise<Requests> =>
	requestsFrom((await taking(plainPool(), bucket, limit))[0]!);

const placeFrom = (row: Row): Pick<Holder, 'team' | 'project'> => ({
	team: { id: row.team_id, slug: row.slug, name: row.team_name },
	project: row.project && projectFrom(JSON.parse(row.project))
});

const holderFrom = (entrance: Entrance, row: Row, request: ActingRequest, requests: Requests): Holder => ({
	scope: entrance.scopeOf(row, request),
	...placeFrom(row),
	requests
});

/** As many as a process remembers; the one that was let in longest ago is forgotten. */
const mostRemembered = 2_000;
/** A row as far as it says who this is and where: not the counters of the project, which every part of an import moves. */
const steady = ({ project, ...row }: Row): string =>
	JSON.stringify([row, project && projectFrom(JSON.parse(project as string) as Record<string, unknown>)]);

type Known = { row: Row; text: string; place: ReturnType<typeof placeFrom> };
const remembered = new Map<string, Known>();
const placeOf = ({ hash, projectSlug }: Asked) => `${hash.toString('base64')} ${projectSlug}`;

/** Whoever was refused is forgotten, and asked first the next time. */
const remember = (asked: Asked, row: Row | undefined, { refused }: { refused: boolean }): void => {
	const place = placeOf(asked);
	remembered.delete(place);
	if (!row || refused) return;
	remembered.set(place, { row, text: JSON.stringify(row), place: placeFrom(row) });
	if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
};

const ask = async (entrance: Entrance, asked: Asked, limit: RestLimit) => {
	const [found] = await entrance.enter(plainPool(), asked, limit);
	if (!found) return { row: undefined, requests: null };
	const { remaining, wait, ...row } = found;
	return { row: row as Row, requests: requestsFrom({ remaining, wait }) };
};

/**
 * Who this is, in one look. Null for one that is unknown, over or ended, whichever it is; one whose check is wrong, or of another
 * kind, is not looked for.
 */
export const enterBy =
	(entrance: Entrance) =>
	async (
		bearer: string,
		projectSlug: string | null,
		request: ActingRequest,
		limit: RestLimit
	): Promise<Holder | null> => {
		if (readKey(bearer)?.kind !== entrance.kind) return null;
		const asked = askedBy(bearer, projectSlug, request);
		const { row, requests } = await ask(entrance, asked, limit);
		remember(asked, row, requests ?? { refused: true });
		return row ? holderFrom(entrance, row, request, requests!) : null;
	};

/** Somebody who was here before. */
export type Returning = {
	/** As they were then. */
	holder: Omit<Holder, 'requests'>;
	/**
	 * Asked when the work is done, and before anything is said of it: all is as it was, and what was seen may be shown; or this is who
	 * they are by now, and nothing of it may. Null: nobody.
	 */
	confirm(): Promise<{ requests: Requests } | { instead: Holder | null }>;
};

/**
 * Whoever came in before is believed while they look, and nothing is shown before they were asked: their first transaction opens with the very
 * question of `enterBy`, so that both leave in one packet. What it reads, it reads as the one whom the database has found there, with
 * the rights of this moment. Null for whoever is not remembered.
 */
export const returnBy =
	(entrance: Entrance) =>
	(bearer: string, projectSlug: string | null, request: ActingRequest, limit: RestLimit): Returning | null => {
		const asked = askedBy(bearer, projectSlug, request);
		const before = readKey(bearer)?.kind === entrance.kind ? remembered.get(placeOf(asked)) : undefined;
		if (!before) return null;
		let isTaken = false;
		let acted: Rows | undefined;
		let took: Rows | undefined;
		const take = () => {
			if (isTaken) return undefined;
			isTaken = true;
			return {
				opening: (sql: postgres.ISql) => [(acted = entrance.act(sql, asked))],
				// the last of all: whoever else comes in with the same waits for it until the commit
				closing: (sql: postgres.ISql) => [(took = taking(sql, entrance.bucketOf(before.row), limit))]
			};
		};
		const holder = { scope: entrance.scopeOf(before.row, request, { take }), ...before.place };
		/** What the transaction has asked; where there was none, or it was undone, it is asked now. */
		const found = async () => {
			if (!took) return ask(entrance, asked, limit);
			const [[row], [taken]] = await Promise.all([acted!, took]);
			return { row, requests: requestsFrom(taken!) };
		};
		const confirm = async () => {
			const { row, requests } = await found();
			const isEqual = row !== undefined && JSON.stringify(row) === before.text;
			const isSame = isEqual || (row !== undefined && steady(row) === steady(before.row));
			if (!isEqual || requests!.refused) remember(asked, row, requests ?? { refused: true });
			if (isSame) return { requests: requests! };
			return { instead: row ? holderFrom(entrance, row, request, requests!) : null };
		};
		return { holder, confirm };
	};
