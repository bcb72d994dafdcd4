import { and, eq, inArray } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { examples } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { refusedByLock } from '../splits/splits.ts';

/** Takes examples out of every list; `restoreExamples` brings them back. What a run learnt from keeps being counted as that. */
export const deleteExamples = (scope: Scope, slug: string, ids: string[]) => setDeleted(scope, slug, ids, new Date());

/** Undoes `deleteExamples`. Throws *conflict* when one has been added again, or its prompt stands on the other side by now. */
export const restoreExamples = (scope: Scope, slug: string, ids: string[]) => setDeleted(scope, slug, ids, null);

const setDeleted = (scope: Scope, slug: string, ids: string[], deletedAt: Date | null) => {
	authorize(scope, 'examples:delete');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		if (deletedAt === null) await refuseTwins(tx, project.id, ids);
		const changed = await tx
			.update(examples)
			.set({ deletedAt })
			.where(and(eq(examples.projectId, project.id), inArray(examples.id, ids)))
			.returning({ id: examples.id })
			// its prompt may have gone to the other side meanwhile
			.catch((problem) => refusedByLock(problem, 'One of these examples'));
		if (changed.length === 0) throw new AppError('not_found', 'There is no such example, or it is not yours to see.');
		await audit(tx, scope, deletedAt ? 'examples.deleted' : 'examples.restored', project.id, { count: changed.length });
		await announce(tx, `project:${project.id}`, project.id);
		return { count: changed.length };
	});
};

/** Between delete and undo the same conversation may have been added again. */
const refuseTwins = async (tx: Tx, projectId: string, ids: string[]) => {
	const [twin] = await tx.$client`
		select e.number from examples d join examples e
			on e.project_id = d.project_id and e.prompt_hash = d.prompt_hash and e.content_hash = d.content_hash
				and e.id <> d.id and e.deleted_at is null
		where d.project_id = ${projectId} and d.id = any (${ids}::uuid[]) and d.deleted_at is not null limit 1`;
	if (twin) throw new AppError('conflict', `The same conversation has been added again, as example ${twin.number}.`);
};
