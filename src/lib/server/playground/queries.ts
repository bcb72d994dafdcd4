import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { GetPlayground, ListPairs } from '../../contract/playground.ts';
import { rowsOnPage } from '../../contract/fields.ts';
import { query } from '../access/operation.ts';
import { connections, playgroundPairs, runs } from '../platform/db/schema.ts';
import { providers } from '../providers/registry.ts';
import { newestServing, shownServing } from '../runs/rows.ts';

/** Nobody asks an older one than these. */
const mostRuns = 50;

/** Who can be asked: the base model, the runs that have a model, the connections of the team. No provider is asked for it. */
export const getPlayground = query(GetPlayground, (scope) =>
	scope.tx(async (tx) => {
		const known = await tx
			.select({ id: connections.id, name: connections.name, provider: connections.provider })
			.from(connections)
			.orderBy(connections.createdAt, connections.id);
		const { connectionId, baseModel, systemPrompt, id } = scope.project;
		const own = known.find((one) => one.id === connectionId);
		const ready = await tx
			.select({ id: runs.id, version: runs.version, baseModel: runs.baseModel, connectionId: runs.connectionId })
			.from(runs)
			.where(and(eq(runs.projectId, id), eq(runs.status, 'ready')))
			.orderBy(desc(runs.version))
			.limit(mostRuns);
		const shown = [];
		for (const { connectionId: at, ...run } of ready) {
			const { provider } = known.find((one) => one.id === at)!;
			const serving = await newestServing(tx, run.id);
			shown.push({
				...run,
				serves: providers[provider].servesTunedModels,
				serving: serving ? shownServing(serving) : null,
				isFree: provider === 'sandbox'
			});
		}
		return {
			systemPrompt,
			base: own ? { model: baseModel, connection: own.name, isFree: own.provider === 'sandbox' } : null,
			runs: shown,
			connections: known.map(({ provider, ...one }) => ({ ...one, isFree: provider === 'sandbox' }))
		};
	})
);

/** The preferences that stand, the newest first. One whose prompt measures by now says so. */
export const listPairs = query(ListPairs, (scope, { before, limit = rowsOnPage }) =>
	scope.tx(async (tx) => {
		const { id: projectId } = scope.project;
		const found = await tx
			.select({
				seq: playgroundPairs.seq,
				id: playgroundPairs.id,
				prompt: playgroundPairs.prompt,
				chosen: playgroundPairs.chosen,
				rejected: playgroundPairs.rejected,
				chosenBy: playgroundPairs.chosenBy,
				rejectedBy: playgroundPairs.rejectedBy,
				// the table is named: of one table drizzle writes columns bare, and in here that would be the example's own
				leaks: sql<boolean>`exists (select from examples e where e.project_id = ${projectId}
					and e.prompt_hash = playground_pairs.prompt_hash and e.split = 'validation')`,
				createdAt: playgroundPairs.createdAt
			})
			.from(playgroundPairs)
			.where(
				and(
					eq(playgroundPairs.projectId, projectId),
					isNull(playgroundPairs.withdrawnAt),
					before === undefined ? undefined : lt(playgroundPairs.seq, before)
				)
			)
			.orderBy(desc(playgroundPairs.seq))
			.limit(limit + 1);
		const rows = found.slice(0, limit);
		return {
			rows: rows.map(({ seq: _, ...row }) => row),
			older: found.length > limit ? rows.at(-1)!.seq : null
		};
	})
);
