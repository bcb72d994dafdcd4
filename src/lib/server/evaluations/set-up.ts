import { and, desc, eq } from 'drizzle-orm';
import { connections, runs, servings } from '../platform/db/schema.ts';
import { providers } from '../providers/registry.ts';
import type { Tx } from '../access/scope.ts';
import { comparable } from './contest.ts';
import { trainedPrompts } from './leaks.ts';

const readyRuns = (tx: Tx, projectId: string) =>
	tx
		.select({
			id: runs.id,
			version: runs.version,
			baseModel: runs.baseModel,
			provider: connections.provider,
			trainCount: runs.trainCount,
			finishedAt: runs.finishedAt
		})
		.from(runs)
		.innerJoin(connections, eq(connections.id, runs.connectionId))
		.where(and(eq(runs.projectId, projectId), eq(runs.status, 'ready')))
		.orderBy(desc(runs.version));

/** What the last serving of a run cost by the hour; null when it has never been served. */
const lastPrice = async (tx: Tx, runId: string): Promise<number | null> => {
	const [last] = await tx
		.select({ centsPerHour: servings.centsPerHour })
		.from(servings)
		.where(eq(servings.runId, runId))
		.orderBy(desc(servings.createdAt))
		.limit(1);
	return last?.centsPerHour ?? null;
};

/**
 * A step: what a person chooses from: the runs whose model can answer, and the validation prompts. `leaks` are the prompts that a
 * run has trained on and that are left out when it takes part; `deployed` models are billed by the minute while they answer.
 */
export const setUpOf = async (tx: Tx, projectId: string) => {
	const validation = await comparable(tx, projectId);
	const ready = [];
	for (const { provider, ...run } of await readyRuns(tx, projectId)) {
		const trained = await trainedPrompts(tx, run.id);
		ready.push({
			...run,
			leaks: validation.filter(({ prompt }) => trained.has(prompt)).map(({ id }) => id),
			deployed: providers[provider].servesTunedModels === 'after-deploy',
			centsPerHour: await lastPrice(tx, run.id),
			isFree: provider === 'sandbox'
		});
	}
	return { runs: ready, validation: validation.length };
};
