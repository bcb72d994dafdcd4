import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Project, type ProjectScope, type Scope, type Tx, noProject } from '../access/scope.ts';
import { connections, projects } from '../platform/db/schema.ts';

/** A step: the project of the scope as it is now; other changes of it wait until this transaction is over. Throws *not found*. */
export const lockedProject = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, project.id)).for('no key update');
	if (!found) throw noProject();
	return found;
};

/**
 * A step: the same for one of several parts that go on at once: they do not wait for each other, and all else that changes the project waits for them. It
 * comes before whoever waits already, where others share the project: let those have it first by `lockedProject`, which waits in line.
 */
export const sharedProject = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>) => {
	const [found] = await tx.select({ id: projects.id }).from(projects).where(eq(projects.id, project.id)).for('share');
	if (!found) throw noProject();
};

/** A step: the project of the scope as it is now, while others may change it. Throws *not found*. */
export const projectNow = async (tx: Tx, { project }: Pick<ProjectScope, 'project'>) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, project.id));
	if (!found) throw noProject();
	return found;
};

/** Throws *forbidden* for whoever sees some projects only: a new one would be in nobody's list. */
export const mayMakeProjects = (scope: Scope) => {
	if (scope.projectIds === 'all') return;
	throw new AppError('forbidden', 'You see some projects of this team only. Ask an owner to create the new one.');
};

/** A step: throws *invalid* under its field when the team has no such connection. */
export const mustBeConnection = async (tx: Tx, connectionId: string) => {
	const [found] = await tx.select({ id: connections.id }).from(connections).where(eq(connections.id, connectionId));
	if (!found) throw new AppError('invalid', 'Choose a connection', 'connectionId');
};

/** What everybody in a project reads of it: nothing of models, prompts and connections. */
export const shown = ({ id, slug, name, description, qualityThreshold, createdAt }: Project) => ({
	id,
	slug,
	name,
	description,
	qualityThreshold,
	createdAt
});

/** All of it, for whoever may change it. */
export const detailed = (project: Project) => ({
	...shown(project),
	connectionId: project.connectionId,
	baseModel: project.baseModel,
	systemPrompt: project.systemPrompt
});
