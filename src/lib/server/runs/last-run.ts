import { type SQL, and, desc, eq, ne, or, sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import type { PreflightFacts } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { Project, Tx } from '../access/scope.ts';
import { runs } from '../platform/db/schema.ts';

type LastRun = Pick<typeof runs.$inferSelect, 'id' | 'version' | 'method' | 'recipe' | 'baseModel'>;

/** A step: the newest run that was neither called off nor refused. */
export const lastRunOf = async (tx: Tx, project: Project): Promise<LastRun | undefined> => {
	const { id, version, method, recipe, baseModel } = runs;
	const [last] = await tx
		.select({ id, version, method, recipe, baseModel })
		.from(runs)
		.where(
			and(eq(runs.projectId, project.id), ne(runs.status, 'cancelled'), or(runs.accepted, ne(runs.status, 'failed')))
		)
		.orderBy(desc(runs.version))
		.limit(1);
	return last;
};

/** What a run learnt from, or was measured on: examples, and choices of the playground. */
export const learntIn = (runId: string, kind: 'train' | 'validation'): SQL => sql`(
	select example_id as id from run_examples where run_id = ${runId} and kind = ${kind}
	${kind === 'train' ? sql`union all select pair_id from run_pairs where run_id = ${runId}` : sql``})`;

/** What is different now: another method, setting or model, and how many examples or pairs came and went. */
export const differenceFrom = (
	last: LastRun,
	now: { project: Project; method: Method; recipe: Recipe; added: number; removed: number }
): NonNullable<PreflightFacts['lastRun']> => {
	const isSame = (Object.keys(now.recipe) as (keyof Recipe)[]).every((key) => now.recipe[key] === last.recipe[key]);
	return {
		version: last.version,
		newExamples: now.added,
		removedExamples: now.removed,
		recipeChanged: !isSame || last.baseModel !== now.project.baseModel,
		methodChanged: last.method !== now.method
	};
};
