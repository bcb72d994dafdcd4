import type { Scope } from '../../src/lib/server/access/scope.ts';
import { auditEntries } from '../../src/lib/server/platform/db/schema.ts';

/** An entry in the team's audit log of which no relay hears, as if its process had ended then. Returns its id. */
export const addUnheard = (scope: Scope, subject = 'x', details: Record<string, unknown> = {}): Promise<string> =>
	scope.tx(async (tx) => {
		const entry = { personId: scope.userId, action: 'project.changed', subject, details, address: '192.0.2.1' };
		const [row] = await tx.insert(auditEntries).values(entry).returning({ id: auditEntries.id });
		return row!.id;
	});
