import { and, eq, inArray } from 'drizzle-orm';
import { RetryGeneration } from '../../contract/evaluations.ts';
import { command } from '../access/operation.ts';
import { evaluations, servings } from '../platform/db/schema.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { enqueue } from '../jobs/queue.ts';
import { record } from '../events/record.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { letters, runIdOf } from './generation.ts';
import { type Evaluation, evaluationOf } from './rows.ts';

/** A step: a deployment that has failed is no answer any more to whoever wants another one; what it said stays. */
const forgetFailures = (tx: Tx, evaluation: Evaluation) => {
	const runIds = letters.map((letter) => runIdOf(evaluation, letter)).filter((id) => id !== null);
	return tx
		.update(servings)
		.set({ status: 'stopped' })
		.where(and(inArray(servings.runId, runIds), eq(servings.status, 'failed')));
};

/** Goes on where it stopped. For a failed one, and for one that hangs: a job that still waits makes it a no-op. */
export const retryGeneration = command(RetryGeneration, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const evaluation = await evaluationOf(tx, scope.project.id, evaluationId, { lock: true });
		const { id, projectId, name } = evaluation;
		if (evaluation.status === 'voting') return null;
		await tx.update(evaluations).set({ status: 'generating', problem: null }).where(eq(evaluations.id, id));
		await forgetFailures(tx, evaluation);
		await enqueue(tx, scope, 'evaluation.generate', { evaluationId: id });
		await record(tx, scope, { event: 'evaluation.retried', subject: id, projectId, details: { name } });
		return null;
	})
);

/** Gives every evaluation that is being generated its job back, where it has none. For the sweep. */
export const requeueGenerations = (scope: Scope) =>
	scope.tx(async (tx) => {
		const lost = await tx.select({ id: evaluations.id }).from(evaluations).where(eq(evaluations.status, 'generating'));
		for (const { id } of lost) {
			if (!(await isQueued(tx, 'evaluation.generate', id)))
				await enqueue(tx, scope, 'evaluation.generate', { evaluationId: id });
		}
	});
