import { auditEntries } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';

/** Writes down who did what, in the transaction of the deed: both happen or neither (security.md AL1). No secrets in `details`. */
export const audit = (
	tx: Tx,
	scope: Pick<Scope, 'userId'>,
	action: string,
	subject: string,
	details: Record<string, unknown> = {}
) => tx.insert(auditEntries).values({ personId: scope.userId, action, subject, details });
