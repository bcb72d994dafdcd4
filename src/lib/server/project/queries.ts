import { and, count, eq, isNull, sql } from 'drizzle-orm';
import {
	GetFrame,
	GetProject,
	GetSettings,
	ListProjectCounts,
	ListProjects,
	PrepareProject
} from '../../contract/project.ts';
import { query } from '../access/operation.ts';
import { noProject } from '../access/scope.ts';
import { offeredProviders } from '../connections/rows.ts';
import { connections, examples, projects, runs } from '../platform/db/schema.ts';
import { mayMakeProjects, shown } from './rows.ts';

/** What everybody in a project reads of it: as it was when the request came in. */
export const getProject = query(GetProject, ({ project }) => shown(project));

/** The projects this member may see, by name. */
export const listProjects = query(ListProjects, (scope) =>
	scope.tx(async (tx) => (await tx.select().from(projects).orderBy(projects.name)).map(shown))
);

/**
 * What stands around every page of a team: its projects, and beside *Rate* the number of examples that nobody has rated in
 * the one that is open. Asked with every page, so it counts nothing else.
 */
export const getFrame = query(GetFrame, (scope, { projectId }) =>
	scope.tx(async (tx) => {
		const list = await tx
			.select({ id: projects.id, name: projects.name, slug: projects.slug })
			.from(projects)
			.orderBy(projects.name);
		if (projectId !== null && !list.some(({ id }) => id === projectId)) throw noProject();
		const [row] = projectId
			? await tx
					.select({ unrated: count() })
					.from(examples)
					.where(and(eq(examples.projectId, projectId), isNull(examples.rating), isNull(examples.deletedAt)))
			: [];
		return { projects: list.map(({ name, slug }) => ({ name, slug })), unrated: row?.unrated ?? 0 };
	})
);

/** Every project the member may see, by name, with how far it is: what the team's page lists. */
export const listProjectCounts = query(ListProjectCounts, (scope) =>
	scope.tx(async (tx) => {
		const list = await tx
			.select({ id: projects.id, slug: projects.slug, name: projects.name, description: projects.description })
			.from(projects)
			.orderBy(projects.name);
		const counted = await tx
			.select({
				projectId: examples.projectId,
				total: count(),
				rated: count(examples.rating),
				quality: sql<number>`(count(*) filter (where ${examples.rating} >= ${projects.qualityThreshold}))::int`
			})
			.from(examples)
			.innerJoin(projects, eq(projects.id, examples.projectId))
			.where(isNull(examples.deletedAt))
			.groupBy(examples.projectId);
		const trained = await tx
			.select({ projectId: runs.projectId, models: count() })
			.from(runs)
			.where(eq(runs.status, 'ready'))
			.groupBy(runs.projectId);
		const none = { total: 0, rated: 0, quality: 0 };
		return list.map((project) => {
			const { total, rated, quality } = counted.find(({ projectId }) => projectId === project.id) ?? none;
			const models = trained.find(({ projectId }) => projectId === project.id)?.models ?? 0;
			return { ...project, total, rated, quality, models };
		});
	})
);

const byAge = [connections.createdAt, connections.id];

/** What a new project can be made on. */
export const prepareProject = query(PrepareProject, (scope) => {
	mayMakeProjects(scope);
	return scope.tx(async (tx) => ({
		connections: await tx
			.select({
				id: connections.id,
				name: connections.name,
				provider: connections.provider,
				status: connections.status,
				training: connections.training
			})
			.from(connections)
			.orderBy(...byAge),
		providers: offeredProviders()
	}));
});

/** The settings of a project, and the connections it can be put on. */
export const getSettings = query(GetSettings, ({ project, tx }) =>
	tx(async (tx) => {
		const { name, description, connectionId, baseModel, systemPrompt, qualityThreshold } = project;
		return {
			settings: { name, description, connectionId, baseModel, systemPrompt, qualityThreshold },
			connections: await tx
				.select({ id: connections.id, name: connections.name })
				.from(connections)
				.orderBy(...byAge)
		};
	})
);
