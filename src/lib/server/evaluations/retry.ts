import { eq, sql } from 'drizzle-orm';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { evaluations } from '../platform/db/schema.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { enqueue } from '../jobs/queue.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope } from '../access/scope.ts';
import { evaluationOf } from './rows.ts';

/** Goes on where it stopped. For a failed one, and for one that hangs: a job that still waits makes it a no-op. */
export const retryGeneration = (scope: Scope, slug: string, evaluationId: string) => {
	authorize(scope, 'evaluations:create');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, evaluationId, { lock: true });
		if (evaluation.status === 'voting') return;
		await tx
			.update(evaluations)
			.set({ status: 'generating', problem: null, wantedAt: sql`now()` })
			.where(eq(evaluations.id, evaluation.id));
		await enqueue(tx, scope, 'evaluation.generate', { evaluationId: evaluation.id });
		await audit(tx, scope, 'evaluation.retried', evaluation.id, { name: evaluation.name });
		await announce(tx, `evaluation:${evaluation.id}`, project.id);
	});
};

/** Gives every evaluation that is being generated its job back, where it has none. For the sweep. */
export const requeueGenerations = (scope: Scope) => {
	authorize(scope, 'evaluations:create');
	return scope.tx(async (tx) => {
		const lost = await tx.select({ id: evaluations.id }).from(evaluations).where(eq(evaluations.status, 'generating'));
		for (const { id } of lost) {
			if (!(await isQueued(tx, 'evaluation.generate', id)))
				await enqueue(tx, scope, 'evaluation.generate', { evaluationId: id });
		}
	});
};
