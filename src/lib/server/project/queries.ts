import { count, eq, inArray, or } from 'drizzle-orm';
import {
	AskWhetherFree,
	GetFrame,
	GetProject,
	GetSettings,
	ListProjectCounts,
	ListProjects,
	PrepareProject
} from '../../contract/project.ts';
import { query } from '../access/operation.ts';
import { countIn, countedOf, ownCountedOf, ownFrom, unratedIn } from '../access/counted.ts';
import { seesScores } from '../access/own-scores.ts';
import { type Scope, type Tx, noProject } from '../access/scope.ts';
import { offeredProviders } from '../connections/rows.ts';
import { connections, projects, runs } from '../platform/db/schema.ts';
import { mayMakeProjects, shown } from './rows.ts';

/** What everybody in a project reads of it: as it was when the request came in. */
export const getProject = query(GetProject, ({ project }) => shown(project));

/** The projects this member may see, by name. */
export const listProjects = query(ListProjects, (scope) =>
	scope.tx(async (tx) => (await tx.select().from(projects).orderBy(projects.name)).map(shown))
);

/**
 * What stands around every page of a team: its projects, and beside *Rate* the number of examples that wait for a rating in the
 * one that is open. Asked with every page, so it counts nothing else.
 */
export const getFrame = query(GetFrame, (scope, { projectId }) =>
	scope.tx(async (tx) => {
		const [list, unrated] = await Promise.all([
			tx.select({ id: projects.id, name: projects.name, slug: projects.slug }).from(projects).orderBy(projects.name),
			projectId === null ? 0 : unratedIn(tx, scope, projectId)
		]);
		if (projectId !== null && !list.some(({ id }) => id === projectId)) throw noProject();
		return { projects: list.map(({ name, slug }) => ({ name, slug })), unrated };
	})
);

type Progress = { total: number; rated: number; quality: number };

/** How many examples of a project are there, rated, and good: by everybody's scores, or for who may not see those by their own. */
const progressOf = async (tx: Tx, scope: Scope): Promise<(projectId: string, threshold: number) => Progress> => {
	if (!seesScores(scope)) {
		const own = await ownCountedOf(tx);
		return (id, threshold) => {
			const one = own.find(({ projectId }) => projectId === id);
			return one
				? { total: one.total, rated: ownFrom(one, 1), quality: ownFrom(one, threshold) }
				: { total: 0, rated: 0, quality: 0 };
		};
	}
	const counted = Map.groupBy(await countedOf(tx), ({ projectId }) => projectId);
	return (id, threshold) => {
		const kinds = counted.get(id) ?? [];
		return {
			total: countIn(kinds),
			rated: countIn(kinds, ({ points }) => points !== null),
			quality: countIn(kinds, ({ points }) => points !== null && points >= threshold)
		};
	};
};

/**
 * Every project the member may see, by name, with how far it is: what the team's page lists. Who may not see others' scores
 * reads how far they are themselves.
 */
export const listProjectCounts = query(ListProjectCounts, (scope) =>
	scope.tx(async (tx) => {
		const list = await tx
			.select({
				id: projects.id,
				slug: projects.slug,
				name: projects.name,
				description: projects.description,
				threshold: projects.qualityThreshold
			})
			.from(projects)
			.orderBy(projects.name);
		const progress = await progressOf(tx, scope);
		const trained = await tx
			.select({ projectId: runs.projectId, models: count() })
			.from(runs)
			.where(eq(runs.status, 'ready'))
			.groupBy(runs.projectId);
		return list.map(({ threshold, ...project }) => ({
			...project,
			...progress(project.id, threshold),
			models: trained.find(({ projectId }) => projectId === project.id)?.models ?? 0
		}));
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

/** Whether nothing here costs anything: the project and all its runs are on the sandbox. */
export const isOnSandbox = query(AskWhetherFree, ({ project: { id, connectionId }, tx }) =>
	tx(async (tx) => {
		const trained = tx.select({ id: runs.connectionId }).from(runs).where(eq(runs.projectId, id));
		const isUsed = or(
			inArray(connections.id, trained),
			connectionId === null ? undefined : eq(connections.id, connectionId)
		);
		const used = await tx.selectDistinct({ provider: connections.provider }).from(connections).where(isUsed);
		return used.length > 0 && used.every(({ provider }) => provider === 'sandbox');
	})
);

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
