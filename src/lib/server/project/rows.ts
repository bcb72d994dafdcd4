import { eq } from 'drizzle-orm';
import { type ProjectScope, type Tx, noProject } from '../access/scope.ts';
import { projects } from '../platform/db/schema.ts';

/** A step: the project of the scope as it is now; other changes of it wait until this transaction is over. Throws *not found*. */
export const lockedProject = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, project.id)).for('update');
	if (!found) throw noProject();
	return found;
};

/** A step: the project of the scope as it is now, while others may change it. Throws *not found*. */
export const projectNow = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, project.id));
	if (!found) throw noProject();
	return found;
};
