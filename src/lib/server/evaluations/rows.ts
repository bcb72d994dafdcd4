import { and, eq, inArray } from 'drizzle-orm';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { Id } from '../../core/id.ts';
import { evaluations, runs } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';

export type Evaluation = typeof evaluations.$inferSelect;
export type Letter = 'a' | 'b';

/** One side of an evaluation: how people call it, and the ids by which an answer would give it away. */
export type Contender = { label: string; runId: string | null; names: string[] };

const EvaluationId = Id('The evaluation');

/** A step: the evaluation with this id in this project. Throws *not found*. `lock` makes other changes of it wait. */
export const evaluationOf = async (
	tx: Tx,
	projectId: string,
	id: string,
	{ lock = false } = {}
): Promise<Evaluation> => {
	const none = new AppError('not_found', 'There is no such evaluation, or it is not yours to see.');
	if (!v.is(EvaluationId, id)) throw none; // an address that somebody typed
	const query = tx
		.select()
		.from(evaluations)
		.where(and(eq(evaluations.id, id), eq(evaluations.projectId, projectId)));
	const [evaluation] = await (lock ? query.for('update') : query);
	if (!evaluation) throw none;
	return evaluation;
};

/** A step: who A and B are. Never for somebody who votes. */
export const contendersOf = async (tx: Tx, evaluation: Evaluation): Promise<Record<Letter, Contender>> => {
	const ids = [evaluation.runId, evaluation.againstRunId].filter((id) => id !== null);
	const rows = await tx.select().from(runs).where(inArray(runs.id, ids));
	const contender = (id: string | null): Contender => {
		const run = rows.find((row) => row.id === id);
		if (!run) return { label: 'base', runId: null, names: [evaluation.baseModel] };
		const names = [run.model, run.modelObject, run.mark, run.baseModel].filter((name) => name !== null);
		return { label: `v${run.version}`, runId: run.id, names };
	};
	return { a: contender(evaluation.runId), b: contender(evaluation.againstRunId) };
};

/** Every id of both contenders: what may not be read while people vote. */
export const namesOf = ({ a, b }: Record<Letter, Contender>): string[] => [...new Set([...a.names, ...b.names])];

/**
 * What an evaluation is called. Its name tells who competes, which a rater learns at the reveal (security.md 8.2.3).
 */
export const titleFor = (scope: Pick<Scope, 'role'>, evaluation: Pick<Evaluation, 'name' | 'number' | 'revealedAt'>) =>
	scope.role === 'rater' && evaluation.revealedAt === null ? `Comparison ${evaluation.number}` : evaluation.name;
