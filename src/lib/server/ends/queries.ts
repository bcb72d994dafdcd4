import { count, eq } from 'drizzle-orm';
import { ListDeletedProjects, PrepareDelete } from '../../contract/project-end.ts';
import { stillBilled } from '../../core/runs/billing.ts';
import { countIn, countedOf } from '../access/counted.ts';
import { query } from '../access/operation.ts';
import { evaluations, prompts, runs } from '../platform/db/schema.ts';
import { aliveServings, deletedProjects, openRuns } from './rows.ts';

/** What goes with the project, in numbers, and what costs money or is being made at this moment. */
export const prepareDelete = query(PrepareDelete, ({ project: { id }, tx }) =>
	tx(async (tx) => {
		const byStatus = await tx
			.select({ status: evaluations.status, count: count() })
			.from(evaluations)
			.where(eq(evaluations.projectId, id))
			.groupBy(evaluations.status);
		const open = await openRuns(tx, id);
		return {
			examples: countIn(await countedOf(tx, id)),
			prompts: await tx.$count(prompts, eq(prompts.projectId, id)),
			runs: await tx.$count(runs, eq(runs.projectId, id)),
			evaluations: byStatus.reduce((sum, { count }) => sum + count, 0),
			training: open.map((run) => ({ version: run.version, billed: stillBilled(run) })),
			running: (await aliveServings(tx, id)).length,
			generating: byStatus.find(({ status }) => status === 'generating')?.count ?? 0
		};
	})
);

/** What owners can still bring back. */
export const listDeletedProjects = query(ListDeletedProjects, (scope) => scope.tx(deletedProjects));
