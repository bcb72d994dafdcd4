import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { usualTies } from '../../core/evaluations/assurance.ts';
import { mostAsked } from '../../core/evaluations/plan.ts';
import { connections, evaluations, projects, runs, servings } from '../platform/db/schema.ts';
import { providers } from '../providers/registry.ts';
import type { Tx } from '../access/scope.ts';
import { isOf } from '../runs/rows.ts';
import { askable } from '../prompts/rows.ts';
import { type Comparable, drawing, isKnown, namesAsked } from './asked.ts';
import { voterCount } from './contest.ts';
import { trainedAmong } from './leaks.ts';
import { usualMaxTokens } from './longest-answer.ts';
import { triesIn } from './tries.ts';

const readyRuns = (tx: Tx, projectId: string) =>
	tx
		.select({
			id: runs.id,
			version: runs.version,
			connectionId: runs.connectionId,
			baseModel: runs.baseModel,
			provider: connections.provider,
			trainCount: runs.trainCount,
			finishedAt: runs.finishedAt
		})
		.from(runs)
		.innerJoin(connections, eq(connections.id, runs.connectionId))
		.where(and(eq(runs.projectId, projectId), eq(runs.status, 'ready')))
		.orderBy(desc(runs.version));

/** Those whose models can be asked, in the order they were made. No provider is asked for it. */
export const askableConnections = async (tx: Tx) => {
	const { id, name, provider, status, problem } = connections;
	const rows = await tx
		.select({ id, name, provider, status, problem })
		.from(connections)
		.orderBy(connections.createdAt, id);
	return rows.map((row) => ({
		id: row.id,
		name: row.name,
		isFree: row.provider === 'sandbox',
		problem: row.status === 'refused' ? (row.problem ?? 'Its key was refused.') : null
	}));
};

/** What the last serving of a run cost by the hour; null when it has never been served. */
const lastPrice = async (tx: Tx, runId: string): Promise<number | null> => {
	const [last] = await tx
		.select({ centsPerHour: servings.centsPerHour })
		.from(servings)
		.where(isOf(runId, false))
		.orderBy(desc(servings.createdAt))
		.limit(1);
	return last?.centsPerHour ?? null;
};

/** A rate of fewer prompts says little. */
const enoughForRate = 20;

/** The share of prompts without a difference in this project so far. */
const tiesOf = async (tx: Tx, projectId: string): Promise<number> => {
	const rows = await tx
		.select({ result: evaluations.result })
		.from(evaluations)
		.where(and(eq(evaluations.projectId, projectId), isNotNull(evaluations.result)))
		.orderBy(desc(evaluations.number))
		.limit(20);
	let [same, all] = [0, 0];
	for (const { result } of rows) {
		const { wins, losses, ties, bothBad } = result!;
		same += ties + bothBad;
		all += wins + losses + ties + bothBad;
	}
	return all < enoughForRate ? usualTies : same / all;
};

/** A step: for each of these runs which of what can be asked it has learnt. */
const learntIn = async (
	tx: Tx,
	runIds: readonly string[],
	list: readonly Comparable[]
): Promise<Map<string, string[]>> => {
	const names = namesAsked(list);
	const learnt = new Map<string, string[]>();
	for (const id of runIds) {
		const trained = await trainedAmong(tx, id, names);
		learnt.set(
			id,
			list.filter(isKnown(trained)).map((one) => one.id)
		);
	}
	return learnt;
};

/**
 * A step: how many of validation can be asked, and which of them each of these runs has learnt. Looked at is no more than it takes to know that a comparison
 * can have as many as it may, whoever competes: what there is beyond that changes nothing.
 */
const measuresFor = async (tx: Tx, projectId: string, runIds: readonly string[]) => {
	const leaks = new Map(runIds.map((id): [string, string[]] => [id, []]));
	let [count, leaking] = [0, 0];
	for await (const part of drawing(tx, projectId, 'validation', { seed: 0, wanted: mostAsked })) {
		const learnt = await learntIn(tx, runIds, part);
		for (const [id, ids] of learnt) leaks.get(id)!.push(...ids);
		count += part.length;
		leaking += new Set([...learnt.values()].flat()).size;
		if (count - leaking >= mostAsked) break;
	}
	return { count, leaks };
};

/**
 * A step: what a person chooses from: the runs whose model can answer, the validation prompts, and the pool. `leaks` are the prompts that a
 * run has trained on and that are left out when it takes part; `deployed` models are billed by the minute while they answer.
 */
export const setUpOf = async (tx: Tx, projectId: string) => {
	const found = await readyRuns(tx, projectId);
	const runIds = found.map(({ id }) => id);
	const validation = await measuresFor(tx, projectId, runIds);
	const pool = await askable(tx, projectId);
	const poolLeaks = await learntIn(tx, runIds, pool.list);
	const ready = [];
	for (const { provider, ...run } of found) {
		ready.push({
			...run,
			leaks: validation.leaks.get(run.id)!,
			poolLeaks: poolLeaks.get(run.id)!,
			deployed: providers[provider].servesTunedModels === 'after-deploy',
			centsPerHour: await lastPrice(tx, run.id),
			isFree: provider === 'sandbox'
		});
	}
	const [base] = await tx
		.select({ connectionId: projects.connectionId, model: projects.baseModel })
		.from(projects)
		.where(eq(projects.id, projectId));
	return {
		runs: ready,
		base: base?.connectionId ? { connectionId: base.connectionId, model: base.model } : null,
		connections: await askableConnections(tx),
		validation: validation.count,
		pool: { usable: pool.list.length, leftOut: pool.leftOut },
		voters: await voterCount(tx, projectId),
		ties: await tiesOf(tx, projectId),
		maxTokens: await usualMaxTokens(tx, projectId),
		tried: await triesIn(tx, projectId)
	};
};
