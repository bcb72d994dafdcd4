import { randomUUID } from 'node:crypto';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { auditEntries } from '../../../src/lib/server/platform/db/schema.ts';

/** An entry in the team's audit log of which no relay hears, as if its process had ended then. Returns its id. */
export const addUnheard = (scope: Scope, subject = 'x', details: Record<string, unknown> = {}): Promise<string> =>
	scope.tx(async (tx) => {
		const id = randomUUID(); // only owners may read what they have written
		const who = { id, personId: scope.userId, keyId: scope.key?.id ?? null };
		const entry = { ...who, action: 'project.changed', subject, details, address: '192.0.2.1' };
		await tx.insert(auditEntries).values(entry);
		return id;
	});
