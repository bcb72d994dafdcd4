import { eq } from 'drizzle-orm';
import { may } from '../../core/permissions.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { evaluations, runs } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';

/**
 * A step: what the results lead to: the model that was judged, its name for who may know it, and the comparison that goes on with this
 * one.
 */
export const nextOf = async (tx: Tx, scope: Pick<Scope, 'role'>, evaluation: Evaluation) => {
	const { id, runId, connectionId, baseModel } = evaluation;
	const named = { version: runs.version, model: runs.model };
	const [run] = runId === null ? [] : await tx.select(named).from(runs).where(eq(runs.id, runId));
	const [continued] = await tx
		.select({ id: evaluations.id, number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.continuesId, id));
	const mayKnow = may(scope.role, 'evaluations:seeIdentities');
	return {
		runId,
		version: run?.version ?? null,
		connectionId: mayKnow && !run ? connectionId : null,
		model: mayKnow ? (run ? run.model : baseModel) : null,
		continuedBy: continued ?? null
	};
};
