import { randomInt } from 'node:crypto';
import { type KeyKind, keyFrom } from '../../core/keys/key.ts';
import type { KeyRole } from '../../core/keys/rules.ts';
import { sha256 } from '../platform/crypto.ts';
import { type Entrance, enterBy } from './entrance.ts';
import { scopeFor } from './scope.ts';

/** A new key. It is shown once; kept is its SHA-256. */
export const newKey = (kind: KeyKind = 'sk') => {
	const key = keyFrom(
		kind,
		Array.from({ length: 30 }, () => randomInt(62))
	);
	return { key, hash: sha256(key) };
};

/** Keys of a team. One acts in nobody's name. */
export const byKey: Entrance = {
	kind: 'sk',
	bucketOf: (row) => `api-key:${row.key_id}`,
	act: (sql, { hash, projectSlug, address }) =>
		sql`select key_id, key_name, expires_at::text, team_id, slug, team_name, role, project_ids, project::text from act_with_key(${hash}, ${projectSlug}, ${address})`,
	enter: (sql, { hash, projectSlug, address }, { most, perSeconds }) =>
		sql`select key_id, key_name, expires_at::text, team_id, slug, team_name, role, project_ids, project::text, remaining, wait from enter_with_key(${hash}, ${projectSlug}, ${address}, ${most}, ${perSeconds})`,
	scopeOf: (row, request, entering) =>
		scopeFor({
			teamId: row.team_id,
			userId: null,
			key: { id: row.key_id, name: row.key_name, expiresAt: new Date(row.expires_at) },
			role: row.role as KeyRole,
			projectIds: row.project_ids ?? 'all',
			request,
			entering
		})
};

export const enterWithKey = enterBy(byKey);
