import { and, asc, desc, eq } from 'drizzle-orm';
import { stillBilled } from '../../core/runs/billing.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { isOver, runCan } from '../../core/runs/status.ts';
import { connections, runEvents, runFiles, runPoints, runs } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { providers } from '../providers/registry.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { lastServing } from '../servings/servings.ts';
import { type Run, runOf } from './rows.ts';
import { type Kind, fileName } from './training-files.ts';

/** The newest are what a person looks for; a long job has thousands. */
const mostEvents = 500;

/** A run as lists show it, newest first. */
export const listRuns = (scope: Scope, slug: string) => {
	authorize(scope, 'runs:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		return tx
			.select({
				id: runs.id,
				version: runs.version,
				status: runs.status,
				baseModel: runs.baseModel,
				model: runs.model,
				recipe: runs.recipe,
				trainCount: runs.trainCount,
				validationCount: runs.validationCount,
				estimateCents: runs.estimateCents,
				costCents: runs.costCents,
				stepsDone: runs.stepsDone,
				stepsTotal: runs.stepsTotal,
				problem: runs.problem,
				cancelRequestedAt: runs.cancelRequestedAt,
				createdAt: runs.createdAt,
				finishedAt: runs.finishedAt
			})
			.from(runs)
			.where(eq(runs.projectId, project.id))
			.orderBy(desc(runs.version));
	});
};
export type ListedRun = Awaited<ReturnType<typeof listRuns>>[number];

const eventsOf = async (tx: Tx, run: Run) => {
	const newest = await tx
		.select({
			id: runEvents.id,
			at: runEvents.at,
			level: runEvents.level,
			kind: runEvents.kind,
			message: runEvents.message,
			step: runEvents.step
		})
		.from(runEvents)
		.where(eq(runEvents.runId, run.id))
		.orderBy(desc(runEvents.at), desc(runEvents.seq))
		.limit(mostEvents);
	return newest.reverse();
};

const servingOf = async (tx: Tx, run: Run) => {
	const serving = await lastServing(tx, run.id);
	if (!serving) return null;
	const { id, status, centsPerHour, problem, createdAt, readyAt, idleAt, stoppedAt, deployment } = serving;
	return {
		id,
		status,
		centsPerHour,
		problem,
		createdAt,
		readyAt,
		idleAt,
		stoppedAt,
		callAs: deployment?.callAs ?? null
	};
};

/** A run with its log, its losses, the files it sent and the state of its serving: all that its page shows. */
export const getRun = (scope: Scope, slug: string, runId: string) => {
	authorize(scope, 'runs:see');
	return scope.tx(async (tx) => {
		const { run } = await runOf(tx, slug, runId);
		const [connection] = await tx
			.select({ id: connections.id, name: connections.name, provider: connections.provider })
			.from(connections)
			.where(eq(connections.id, run.connectionId));
		const provider = providers[connection!.provider];
		const points = await tx
			.select({ series: runPoints.series, step: runPoints.step, loss: runPoints.loss })
			.from(runPoints)
			.where(eq(runPoints.runId, run.id))
			.orderBy(asc(runPoints.step));
		const files = await tx
			.select({ kind: runFiles.kind, sha256: runFiles.sha256, byteCount: runFiles.byteCount })
			.from(runFiles)
			.where(eq(runFiles.runId, run.id))
			.orderBy(asc(runFiles.kind));
		const { teamId: _team, projectId: _project, ...shown } = run;
		return {
			run: { ...shown, isOver: isOver(run), canCancel: runCan.cancel(run), stillBilled: stillBilled(run) },
			connection: { ...connection!, providerName: provider.name, servesTunedModels: provider.servesTunedModels },
			events: await eventsOf(tx, run),
			points,
			files,
			serving: await servingOf(tx, run)
		};
	});
};
export type ShownRun = Awaited<ReturnType<typeof getRun>>;

/** The exact bytes a run sent, under the name they were sent by. */
export const downloadRunFile = (scope: Scope, slug: string, runId: string, kind: Kind) => {
	authorize(scope, 'runs:see');
	return scope.tx(async (tx) => {
		const { run } = await runOf(tx, slug, runId);
		const [file] = await tx
			.select({ body: runFiles.body, sha256: runFiles.sha256 })
			.from(runFiles)
			.where(and(eq(runFiles.runId, run.id), eq(runFiles.kind, kind)));
		if (!file) throw new AppError('not_found', 'This run sent no such file.');
		return { name: fileName(run, kind), ...file };
	});
};
