import { randomInt } from 'node:crypto';
import type { RestLimit } from '../../contract/rest-limits.ts';
import { type KeyKind, keyFrom, readKey } from '../../core/keys/key.ts';
import type { KeyRole } from '../../core/keys/rules.ts';
import { sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { projectFrom } from './memberships.ts';
import { type ActingRequest, type Project, type Scope, scopeFor } from './scope.ts';

/** A new key. It is shown once; kept is its SHA-256. */
export const newKey = (kind: KeyKind = 'sk') => {
	const key = keyFrom(
		kind,
		Array.from({ length: 30 }, () => randomInt(62))
	);
	return { key, hash: sha256(key) };
};

/** Whoever comes in with a key that works. */
export type KeyHolder = {
	scope: Scope;
	team: { id: string; slug: string; name: string };
	/** That of the address, if it is theirs to see. */
	project: Project | null;
	/** Of the key's bucket, after this request; `refused`: there was none left for it. */
	requests: { remaining: number; refused: boolean; waitSeconds: number };
};

/**
 * Who this key is, in one look. Null for one that is unknown, over or ended, whichever it is; one whose check is wrong is not
 * looked for.
 */
export const enterWithKey = async (
	bearer: string,
	projectSlug: string | null,
	request: ActingRequest,
	{ most, perSeconds }: RestLimit
): Promise<KeyHolder | null> => {
	if (readKey(bearer)?.kind !== 'sk') return null;
	const [row] = await plainPool()`
		select * from enter_with_key(${sha256(bearer)}, ${projectSlug}, ${request.address}, ${most}, ${perSeconds})`;
	if (!row) return null;
	const key = { id: row.key_id, name: row.key_name, expiresAt: row.expires_at };
	return {
		scope: scopeFor({
			teamId: row.team_id,
			userId: null,
			key,
			role: row.role as KeyRole,
			projectIds: row.project_ids ?? 'all',
			request
		}),
		team: { id: row.team_id, slug: row.slug, name: row.team_name },
		project: row.project && projectFrom(row.project),
		requests: { remaining: row.remaining ?? 0, refused: row.remaining === null, waitSeconds: row.wait }
	};
};

/** Takes a request out of a bucket of its own: for whoever comes without a key that works. */
export const takeRequest = async (bucket: string, { most, perSeconds }: RestLimit) => {
	const [row] = await plainPool()`select * from take_request(${bucket}, ${most}, ${perSeconds})`;
	return {
		remaining: (row!.remaining ?? 0) as number,
		refused: row!.remaining === null,
		waitSeconds: row!.wait as number
	};
};

/** Forgets buckets that are full; the sweep calls it. */
export const purgeBuckets = () => plainPool()`select purge_buckets()`;
