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
import { mine, seesScores } from '../access/own-scores.ts';
import { type Scope, type Tx, noProject } from '../access/scope.ts';
import { offeredProviders } from '../connections/rows.ts';
import { connections, examples, projects, runs } from '../platform/db/schema.ts';
import { mayMakeProjects, shown } from './rows.ts';

/** What everybody in a project reads of it: as it was when the request came in. */
export const getProject = query(GetProject, ({ project }) => shown(project));

/** The projects this member may see, by name. */
export const listProjects = query(ListProjects, (scope) =>
	scope.tx(async (tx) => (await tx.select().from(projects).orderBy(projects.name)).map(shown))
);

/** Examples that wait for a rating: that nobody has rated, or, for who may not see others' scores, that they have not. */
const unratedIn = async (tx: Tx, scope: Scope, projectId: string): Promise<number> => {
	const present = and(eq(examples.projectId, projectId), isNull(examples.deletedAt));
	if (seesScores(scope)) return tx.$count(examples, and(present, isNull(examples.rating)));
	const [row] = await tx.execute<{ rated: number }>(sql`select count(*)::int as rated from ${mine(projectId)}`);
	return (await tx.$count(examples, present)) - row!.rated;
};

/** What live pages of who sees everybody's scores are told with the news of these projects. */
export const tellUnrated =
	(scope: Scope) =>
	async (tx: Tx, projectIds: string[]): Promise<Record<string, number>> => {
		const numbers: Record<string, number> = {};
		if (seesScores(scope)) for (const id of projectIds) numbers[id] = await unratedIn(tx, scope, id);
		return numbers;
	};

/**
 * What stands around every page of a team: its projects, and beside *Rate* the number of examples that wait for a rating in the
 * one that is open. Asked with every page, so it counts nothing else.
 */
export const getFrame = query(GetFrame, (scope, { projectId }) =>
	scope.tx(async (tx) => {
		const list = await tx
			.select({ id: projects.id, name: projects.name, slug: projects.slug })
			.from(projects)
			.orderBy(projects.name);
		if (projectId !== null && !list.some(({ id }) => id === projectId)) throw noProject();
		const unrated = projectId === null ? 0 : await unratedIn(tx, scope, projectId);
		return { projects: list.map(({ name, slug }) => ({ name, slug })), unrated };
	})
);

/** How many examples of each project are there, rated, and good. */
const ratedCounts = (tx: Tx) =>
	tx
		.select({
			projectId: examples.projectId,
			total: count(),
			rated: sql<number>`count(${examples.rating})::int`,
			quality: sql<number>`(count(*) filter (where ${examples.rating} >= ${projects.qualityThreshold}))::int`
		})
		.from(examples)
		.innerJoin(projects, eq(projects.id, examples.projectId))
		.where(isNull(examples.deletedAt))
		.groupBy(examples.projectId);

/** The same by the person's own scores. */
const ownRatedCounts = async (tx: Tx): Promise<Awaited<ReturnType<typeof ratedCounts>>> => {
	const totals = await tx
		.select({ projectId: examples.projectId, total: count() })
		.from(examples)
		.where(isNull(examples.deletedAt))
		.groupBy(examples.projectId);
	const own = await tx.execute<{ projectId: string; rated: number; quality: number }>(sql`
		select mine.project_id as "projectId", count(*)::int as rated,
			(count(*) filter (where mine.score >= (
				select p.quality_threshold from projects p where p.id = mine.project_id
			)))::int as quality
		from ${mine()} group by mine.project_id`);
	const none = { rated: 0, quality: 0 };
	return totals.map((one) => ({ ...none, ...own.find(({ projectId }) => projectId === one.projectId), ...one }));
};

/**
 * Every project the member may see, by name, with how far it is: what the team's page lists. Who may not see others' scores
 * reads how far they are themselves.
 */
export const listProjectCounts = query(ListProjectCounts, (scope) =>
	scope.tx(async (tx) => {
		const list = await tx
			.select({ id: projects.id, slug: projects.slug, name: projects.name, description: projects.description })
			.from(projects)
			.orderBy(projects.name);
		const counted = seesScores(scope) ? await ratedCounts(tx) : await ownRatedCounts(tx);
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
