import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { DeletedProject } from '../../contract/project-end.ts';
import { goneAt } from '../../core/project/grace.ts';
import type { Tx } from '../access/scope.ts';
import { runs, servings } from '../platform/db/schema.ts';

/** A step: the trainings of a project that are not over, the oldest first. `lock` makes whoever follows them wait. */
export const openRuns = async (tx: Tx, projectId: string, { lock = false } = {}) => {
	const query = tx
		.select()
		.from(runs)
		.where(and(eq(runs.projectId, projectId), notInArray(runs.status, ['draft', 'ready', 'failed', 'cancelled'])))
		.orderBy(asc(runs.id));
	return lock ? query.for('no key update') : query;
};

/** A step: the models of a project that run, with the version of each. `lock` as above. */
export const aliveServings = async (tx: Tx, projectId: string, { lock = false } = {}) => {
	const query = tx
		.select({ serving: servings, version: runs.version })
		.from(servings)
		.innerJoin(runs, eq(runs.id, servings.runId))
		.where(and(eq(servings.projectId, projectId), inArray(servings.status, ['starting', 'ready', 'stopping'])))
		.orderBy(asc(servings.id));
	return lock ? query.for('update', { of: servings }) : query;
};

/** A step: what owners can still bring back. Nobody else gets a row (drizzle/functions/project-ends.sql). */
export const deletedProjects = async (tx: Tx): Promise<DeletedProject[]> => {
	const rows = await tx.execute<{
		id: string;
		name: string;
		slug: string;
		deleted_at: string | Date;
		deleted_by: string | null;
	}>(sql`select * from deleted_projects()`);
	return [...rows].map(({ id, name, slug, deleted_at, deleted_by }) => {
		const deletedAt = new Date(deleted_at);
		return { id, name, slug, deletedAt, deletedBy: deleted_by, goneAt: goneAt(deletedAt) };
	});
};
