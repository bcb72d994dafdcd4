import { type SQL, and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import { rowsOnPage } from '../../contract/fields.ts';
import { DownloadRunFile, GetPreflight, GetRun, ListRuns } from '../../contract/runs.ts';
import { AppError } from '../../core/errors.ts';
import { stillBilled } from '../../core/runs/billing.ts';
import { estimateDuration } from '../../core/runs/duration.ts';
import { isClear } from '../../core/runs/preflight.ts';
import { reachedBy } from '../../core/runs/progress.ts';
import { methodsOf } from '../../core/runs/method.ts';
import { type Place, movedRecipe, movedSentence } from '../../core/runs/moving.ts';
import { presets, rateOf } from '../../core/runs/recipe.ts';
import { fittedTo } from '../../core/runs/recipe-limits.ts';
import { type RunSort, newestFirst } from '../../core/runs/sort.ts';
import { isOver, runCan } from '../../core/runs/status.ts';
import { trainingCost } from '../../core/runs/training-cost.ts';
import { query } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { budgetFacts } from '../budget/rows.ts';
import { openAccess } from '../connections/rows.ts';
import { connections, runEvents, runFiles, runPoints, runs } from '../platform/db/schema.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { readPast } from './facts.ts';
import { keptOf } from './kept.ts';
import { readFactsFor } from './pair-facts.ts';
import { askProvider, findingsOf, refused } from './preflight.ts';
import { trainedAt } from './place.ts';
import { type Run, listedRun, newestServing, runOf, shownServing, textsOf } from './rows.ts';
import { fileBytes } from './files.ts';
import { fileName } from './training-files.ts';

/** The newest are what a person looks for; a long job has thousands. */
const mostEvents = 500;

const sortedBy: Record<RunSort, SQL> = {
	version: sql`${runs.version}`,
	status: sql`${runs.status} collate "C"`,
	train: sql`${runs.trainCount}`,
	duration: sql`${runs.finishedAt} - ${runs.createdAt}`,
	cost: sql`${runs.costCents}`
};

/** A page of the runs in the order that is asked for; the newest first otherwise. */
export const listRuns = query(ListRuns, (scope, asked) =>
	scope.tx(async (tx) => {
		const { sort = newestFirst.sort, order = newestFirst.order, page: wanted, before, limit = rowsOnPage } = asked;
		const ofProject = and(eq(runs.projectId, scope.project.id), before ? lt(runs.version, before) : undefined);
		const pages = Math.max(1, Math.ceil((await tx.$count(runs, ofProject)) / limit));
		const page = Math.min(wanted, pages);
		const rows = await tx
			.select()
			.from(runs)
			.where(ofProject)
			.orderBy(sql`${sortedBy[sort]} ${sql.raw(order === 'up' ? 'asc' : 'desc')} nulls last`, desc(runs.version))
			.limit(limit)
			.offset((page - 1) * limit);
		const byVersion = sort === newestFirst.sort && order === newestFirst.order;
		return {
			rows: rows.map(listedRun),
			page,
			pages,
			older: byVersion && page < pages ? rows.at(-1)!.version : null
		};
	})
);

const eventsOf = async (tx: Tx, run: Run) => {
	const { id, at, level, kind, message, step } = runEvents;
	const newest = await tx
		.select({ id, at, level, kind, message, step })
		.from(runEvents)
		.where(eq(runEvents.runId, run.id))
		.orderBy(desc(runEvents.at), desc(runEvents.seq))
		.limit(mostEvents);
	return newest.reverse();
};

const connectionOf = async (tx: Tx, { connectionId }: Run) => {
	const [connection] = await tx
		.select({ id: connections.id, name: connections.name, provider: connections.provider })
		.from(connections)
		.where(eq(connections.id, connectionId));
	const { name: providerName, servesTunedModels } = providers[connection!.provider];
	return { ...connection!, providerName, servesTunedModels };
};

const soFar = (run: Run) => {
	if (!run.preparing || isOver(run)) return null;
	const { train, validation } = run.preparing.taken;
	return { taken: train + validation, expected: run.trainCount + run.validationCount };
};

/** A run with its log, its losses, the files it sent and the state of its serving: all that its page shows. */
export const getRun = query(GetRun, (scope, { runId }) =>
	scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId);
		const points = await tx
			.select({ series: runPoints.series, step: runPoints.step, loss: runPoints.loss })
			.from(runPoints)
			.where(eq(runPoints.runId, run.id))
			.orderBy(asc(runPoints.step));
		const files = await tx
			.select({ kind: runFiles.kind, sha256: runFiles.sha256, byteCount: fileBytes, removedAt: runFiles.removedAt })
			.from(runFiles)
			.where(eq(runFiles.runId, run.id))
			.orderBy(asc(runFiles.kind));
		const serving = await newestServing(tx, run.id);
		const { seed, mark, jobId, modelObject, providerStatus, tokens, counted, startedAt } = run;
		return {
			run: {
				...listedRun(run),
				...{ seed, mark, jobId, modelObject, providerStatus, tokens, counted, startedAt },
				preparing: soFar(run),
				reached: reachedBy(run),
				isOver: isOver(run),
				canCancel: runCan.cancel(run),
				stillBilled: stillBilled(run)
			},
			connection: await connectionOf(tx, run),
			events: await eventsOf(tx, run),
			points,
			files,
			serving: serving ? shownServing(serving) : null
		};
	})
);

const placeName = (access: Access | null) => (access ? providers[access.provider].name : 'no provider');

/** A step: where a run was trained. */
const placeOf = async (tx: Tx, run: Run): Promise<Place> => {
	const { provider, providerName } = await connectionOf(tx, run);
	return { baseModel: run.baseModel, provider, place: providerName };
};

/** Everything worth knowing before a training: what blocks or warns, what it costs and how long it takes. */
export const getPreflight = query(GetPreflight, async (scope, { from, method: asked, ...other }) => {
	const project = trainedAt(scope.project, other);
	const { earlier, method, wanted, elsewhere, data, budget, past, access } = await scope.look(async (tx) => {
		const earlier = from ? await runOf(tx, scope, from) : null;
		const method = asked ?? earlier?.method ?? 'sft';
		const usual = method === 'sft' ? project.recipe : presets.dpo.balanced;
		const access = project.connectionId ? await openAccess(tx, project.connectionId) : null;
		const there = { baseModel: project.baseModel, provider: access?.provider ?? null, place: placeName(access) };
		const before = earlier && (await placeOf(tx, earlier));
		const isSame = earlier?.method === method;
		const wanted = isSame ? movedRecipe(earlier.recipe, method, before!, there) : usual;
		const elsewhere =
			other.connectionId === undefined
				? null
				: {
						connectionId: other.connectionId,
						sentence: earlier
							? movedSentence(earlier.version, isSame ? earlier.recipe : usual, method, before!, there)
							: ''
					};
		const kept = await keptOf(tx, project.id);
		const data = await readFactsFor(tx, project, { method, recipe: wanted, provider: access?.provider ?? null, kept });
		const budget = await budgetFacts(tx, project.id, new Date());
		return { earlier, method, wanted, elsewhere, data, budget, past: await readPast(tx, project, method), access };
	});
	const provider = access
		? await askProvider(access, project.baseModel, method)
		: refused('The project has no connection. Choose one in its settings.');
	const { recipe, changes: fitted } = fittedTo(wanted, provider.limits);
	const { trainCount, validationCount, tokens, validationTokens, lastRun } = data;
	const { price, limits } = provider;
	const cost = trainingCost(data, recipe, price);
	const findings = findingsOf({ ...data, recipe, fitted, budget: { ...budget, cents: cost.cents } }, provider);
	const isSandbox = access?.provider === 'sandbox';
	return {
		from: earlier && { id: earlier.id, version: earlier.version },
		elsewhere,
		findings,
		isClear: isClear(findings),
		method,
		methods: [...methodsOf(access?.provider ?? null)],
		pairs: data.pairs ?? null,
		recipe,
		baseModel: project.baseModel,
		providerName: placeName(access),
		isSandbox,
		rate: rateOf(access?.provider ?? null),
		...{ trainCount, validationCount, tokens, validationTokens, limits },
		...price,
		cost,
		budget,
		duration: estimateDuration({ billedTokens: cost.billedTokens, past, sandbox: isSandbox }),
		past,
		lastRun: lastRun ? { ...lastRun, methodChanged: lastRun.methodChanged ?? false } : null
	};
});

const gone = (at: Date) =>
	`The bytes of this file were removed on ${at.toISOString().slice(0, 10)}, as this server is set. Which examples it was made from, and its SHA-256, stay with the run.`;

/** The exact bytes a run sent, under the name they were sent by. */
export const downloadRunFile = query(DownloadRunFile, (scope, { runId, kind }) =>
	scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId);
		const [file] = await tx
			.select({ sha256: runFiles.sha256, removedAt: runFiles.removedAt })
			.from(runFiles)
			.where(and(eq(runFiles.runId, run.id), eq(runFiles.kind, kind)));
		if (!file) throw new AppError('not_found', 'This run sent no such file.');
		if (file.removedAt) throw new AppError('not_found', gone(file.removedAt));
		const pieces = textsOf((work) => scope.tx(work), run.id, kind);
		return { name: fileName(run, kind), sha256: file.sha256, pieces };
	})
);
