import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { projects } from '../platform/db/schema.ts';

export type Project = typeof projects.$inferSelect;

/** A step: the project with this slug. Throws *not found*. `lock` makes other changes of the project wait. */
export const projectOf = async (tx: Tx, slug: string, { lock = false } = {}): Promise<Project> => {
	const query = tx.select().from(projects).where(eq(projects.slug, slug));
	const [project] = await (lock ? query.for('update') : query);
	if (!project) throw new AppError('not_found', 'There is no such project, or it is not yours to see.');
	return project;
};

export const getProject = (scope: Scope, slug: string) => {
	authorize(scope, 'project:see');
	return scope.tx((tx) => projectOf(tx, slug));
};
