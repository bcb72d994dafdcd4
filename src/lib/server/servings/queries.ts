import { desc, eq } from 'drizzle-orm';
import { ListServings, PriceServing } from '../../contract/servings.ts';
import { AppError } from '../../core/errors.ts';
import { query } from '../access/operation.ts';
import { openAccess } from '../connections/rows.ts';
import { runs, servings } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import { providers } from '../providers/registry.ts';
import { runOf, shownServing } from '../runs/rows.ts';
import { deployability, mustBeReady } from './begin.ts';

/** Longer ago than these nobody pays for anything. */
const most = 100;

/** The project's servings, the newest first. */
export const listServings = query(ListServings, async (scope) => {
	const rows = await scope.tx((tx) =>
		tx
			.select({ serving: servings, version: runs.version })
			.from(servings)
			.innerJoin(runs, eq(runs.id, servings.runId))
			.where(eq(servings.projectId, scope.project.id))
			.orderBy(desc(servings.createdAt), desc(servings.id))
			.limit(most)
	);
	return rows.map(({ serving, version }) => ({
		runId: serving.runId,
		version,
		ofBase: serving.baseModel !== null,
		...shownServing(serving)
	}));
});

/** A person waits for it: a provider that does not say by then is said not to. */
const priceWithinMs = 8_000;

/** Whether a run's model, or its base, has to be started before it answers, and what an hour of it costs by the provider's word of now. */
export const priceServing = query(PriceServing, async (scope, { runId, ofBase }) => {
	const { run, access } = await scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId);
		mustBeReady(run);
		return { run, access: await openAccess(tx, run.connectionId) };
	});
	const provider = providers[access.provider];
	const atOnce = { serves: 'at-once' as const, deployable: true, centsPerHour: null, problem: null };
	const serves = provider.servesTunedModels;
	if (serves === 'at-once') return atOnce;
	try {
		const asked = { ...access, signal: AbortSignal.timeout(priceWithinMs) };
		if (ofBase && (await provider.model(asked, run.baseModel))?.answersAtOnce !== false) return atOnce;
		const { centsPerHour, problem } = await deployability(run, asked, ofBase);
		return { serves, deployable: problem === null, centsPerHour, problem };
	} catch (problem) {
		throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
	}
});
