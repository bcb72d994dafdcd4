import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { ApplySplit, MoveExamples } from '../../contract/splits.ts';
import { command } from '../access/operation.ts';
import { record } from '../events/record.ts';
import { awaitCompared } from '../examples/compare.ts';
import { noExample, refusedByLock } from '../examples/rows.ts';
import { examples } from '../platform/db/schema.ts';
import { lockedProject } from '../project/rows.ts';
import { planOf } from './plan.ts';

/** Moves what the preview showed, worked out anew under the project's lock. Twice is as good as once. */
export const applySplit = command(ApplySplit, async (scope, { ratio, seed }) => {
	await awaitCompared(scope);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const { moves } = await planOf(tx, project, { ratio, seed });
		for (const side of ['train', 'validation'] as const) {
			const ids = moves.filter((move) => move.to === side).map((move) => move.id);
			if (ids.length === 0) continue;
			await tx
				.update(examples)
				.set({ split: side })
				// one array, not one parameter for each: a split may move a million
				.where(sql`${examples.id} = any (${sql.param(`{${ids.join(',')}}`)}::uuid[])`)
				.catch((problem) => refusedByLock(problem, 'An example'));
		}
		const moved = moves.length;
		const details = { ratio, seed, moved };
		await record(tx, scope, { event: 'split.applied', subject: project.id, projectId: project.id, details });
		return { moved };
	});
});

/** Moves chosen examples to a side, or back to unassigned. The lock decides; it is all of them or none. */
export const moveExamples = command(MoveExamples, async (scope, { ids, side }) => {
	if (side !== 'unassigned') await awaitCompared(scope);
	return scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		const { length: moved } = await tx
			.update(examples)
			.set({ split: side === 'unassigned' ? null : side })
			.where(and(eq(examples.projectId, projectId), inArray(examples.id, ids), isNull(examples.deletedAt)))
			.returning({ id: examples.id })
			.catch((problem) => refusedByLock(problem, ids.length === 1 ? 'This example' : 'One of these examples'));
		if (moved < new Set(ids.map((id) => id.toLowerCase())).size) throw noExample();
		const details = { count: moved, side };
		await record(tx, scope, { event: 'split.moved', subject: projectId, projectId, details });
		return { moved };
	});
});
