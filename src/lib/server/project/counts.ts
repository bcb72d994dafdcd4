import { and, count, eq, isNull, sql } from 'drizzle-orm';
import { authorize } from '../../core/permissions.ts';
import { examples, projects, runs } from '../platform/db/schema.ts';
import { projectOf } from './projects.ts';
import type { Scope } from '../access/scope.ts';

/** How many examples nobody has rated: the badge beside *Rate*. Asked with every page, so it counts nothing else. */
export const countUnrated = (scope: Scope, slug: string): Promise<number> => {
	authorize(scope, 'examples:see');
	return scope.tx(async (tx) => {
		const { id } = await projectOf(tx, slug);
		const [row] = await tx
			.select({ count: count() })
			.from(examples)
			.where(and(eq(examples.projectId, id), isNull(examples.rating), isNull(examples.deletedAt)));
		return row!.count;
	});
};

/** Every project the member may see, by name, with how far it is: what the team's page lists. */
export const listProjectCounts = (scope: Scope) => {
	authorize(scope, 'project:see');
	return scope.tx(async (tx) => {
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
	});
};
export type ProjectCounts = Awaited<ReturnType<typeof listProjectCounts>>[number];
