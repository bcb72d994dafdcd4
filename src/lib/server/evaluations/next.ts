import { eq } from 'drizzle-orm';
import { may } from '../../core/permissions.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { evaluations, runs } from '../platform/db/schema.ts';
import type { Evaluation } from './rows.ts';

/**
 * A step: what the results lead to: the model that was judged, its name for who may know it, and the comparison that goes on with this
 * one.
 */
export const nextOf = async (tx: Tx, scope: Pick<Scope, 'role'>, { id, runId }: Evaluation) => {
	const [run] = await tx.select({ version: runs.version, model: runs.model }).from(runs).where(eq(runs.id, runId));
	const [continued] = await tx
		.select({ id: evaluations.id, number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.continuesId, id));
	return {
		runId,
		version: run!.version,
		model: may(scope.role, 'evaluations:seeIdentities') ? run!.model : null,
		continuedBy: continued ?? null
	};
};
