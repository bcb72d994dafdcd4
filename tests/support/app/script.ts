import { randomUUID } from 'node:crypto';
import type { KeyRole } from '../../../src/lib/core/keys/rules.ts';
import { enterWithKey } from '../../../src/lib/server/access/keys.ts';
import type { ActingKey, Scope } from '../../../src/lib/server/access/scope.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';

/** A script of the team: the scope of a new key, as a request with it comes in. */
export const newScript = async (
	owner: Scope,
	role: KeyRole = 'trainer',
	{ name = 'Nightly check', projectIds = null }: { name?: string; projectIds?: string[] | null } = {}
): Promise<Scope & { key: ActingKey; voterId: string }> => {
	const { key } = await createKey(owner, { name, role, projectIds, days: 90 });
	const request = { id: randomUUID(), address: '203.0.113.7', transactions: 0 };
	const { scope } = (await enterWithKey(key, null, request, { most: 10_000, perSeconds: 1 }))!;
	return { ...scope, key: scope.key!, voterId: scope.voterId! };
};
