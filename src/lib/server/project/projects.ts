import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import type { NewProject, ProjectSettings } from '../../core/project/settings.ts';
import { defaultRecipe } from '../../core/runs/recipe.ts';
import { slugFrom } from '../../core/text/slug.ts';
import { audit } from '../events/legacy.ts';
import { connections, projects } from '../platform/db/schema.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';

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

/** The projects this member may see, by name. */
export const listProjects = (scope: Scope) => {
	authorize(scope, 'project:see');
	return scope.tx((tx) => tx.select().from(projects).orderBy(projects.name));
};

const mustExist = async (tx: Tx, connectionId: string) => {
	const [found] = await tx.select({ id: connections.id }).from(connections).where(eq(connections.id, connectionId));
	if (!found) throw new AppError('invalid', 'Choose a connection', 'connectionId');
};

/** Makes a project; the slug follows the name, a taken one gets a number. */
export const createProject = (scope: Scope, input: NewProject): Promise<Project> => {
	authorize(scope, 'project:create');
	if (scope.projectIds !== 'all') {
		throw new AppError('forbidden', 'You see some projects of this team only. Ask an owner to create the new one.');
	}
	return scope.tx(async (tx) => {
		await mustExist(tx, input.connectionId);
		const wanted = slugFrom(input.name, 'project');
		for (let attempt = 1; attempt <= 50; attempt++) {
			const slug = attempt === 1 ? wanted : `${wanted.slice(0, 36)}-${attempt}`;
			const [made] = await tx
				.insert(projects)
				.values({ ...input, slug, recipe: defaultRecipe })
				.onConflictDoNothing()
				.returning();
			if (!made) continue;
			await audit(tx, scope, 'project.created', made.id, { name: made.name, slug });
			return made;
		}
		throw new AppError('conflict', 'Too many projects have this name. Choose another.', 'name');
	});
};

export const updateProject = (scope: Scope, slug: string, input: ProjectSettings): Promise<Project> => {
	authorize(scope, 'project:edit');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		await mustExist(tx, input.connectionId);
		const [changed] = await tx.update(projects).set(input).where(eq(projects.id, project.id)).returning();
		await audit(tx, scope, 'project.changed', project.id, { name: input.name, baseModel: input.baseModel });
		await announce(tx, `project:${project.id}`, project.id);
		return changed!;
	});
};
