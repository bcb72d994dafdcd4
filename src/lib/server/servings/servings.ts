// Longer than most: everything that may begin or end a deployment that is billed stands on one page.
import { randomBytes } from 'node:crypto';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { runCan } from '../../core/runs/status.ts';
import { type ServingStatus, idleMinutes, startMinutes } from '../../core/servings/serving.ts';
import { audit } from '../events/legacy.ts';
import { openAccess } from '../connections/connections.ts';
import { servings } from '../platform/db/schema.ts';
import { endStopped } from '../evaluations/generation.ts';
import { enqueue } from '../jobs/queue.ts';
import { providers } from '../providers/registry.ts';
import type { Access } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import { announce } from '../events/legacy.ts';
import { type Run, runById, runOf } from '../runs/rows.ts';
import type { Scope, Tx } from '../access/scope.ts';

export type Serving = typeof servings.$inferSelect;

/** Somebody else may need it in the next moment; two minutes cost little, another start takes twenty. */
const releasedMinutes = 2;

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** A step: the one serving of a run that is starting, ready or stopping. */
export const aliveServing = async (tx: Tx, runId: string): Promise<Serving | undefined> => {
	const [alive] = await tx
		.select()
		.from(servings)
		.where(and(eq(servings.runId, runId), inArray(servings.status, ['starting', 'ready', 'stopping'])));
	return alive;
};

/** A step: the newest serving of a run, whatever became of it. */
export const lastServing = async (tx: Tx, runId: string): Promise<Serving | undefined> => {
	const [last] = await tx
		.select()
		.from(servings)
		.where(eq(servings.runId, runId))
		.orderBy(desc(servings.createdAt))
		.limit(1);
	return last;
};

/** A step: writes columns of a serving and tells the page of its run. */
export const changeServing = async (tx: Tx, serving: Serving, change: Partial<Serving>) => {
	await tx.update(servings).set(change).where(eq(servings.id, serving.id));
	await announce(tx, `run:${serving.runId}`, serving.projectId);
};

const mustBeReady = (run: Run) => {
	if (!runCan.evaluate(run))
		throw new AppError('conflict', `v${run.version} is not ready, so its model cannot answer yet.`);
};

const mustBeDeployable = async (run: Run, access: Access): Promise<number | null> => {
	const refuse = (reason: string) => new AppError('conflict', reason);
	if (!run.modelObject)
		throw refuse('The provider gave this model no number to deploy it by. Train again, or ask the provider.');
	const answer = await providers[access.provider].deployable(access, run.modelObject);
	if (!answer.ok)
		throw refuse(answer.reason ?? 'The provider cannot deploy this model. It was trained, but it cannot be called.');
	return answer.centsPerHour;
};

/** Whether somebody wants the model at this moment. Asked when nobody can stop it at the same time. */
type Still = (tx: Tx) => Promise<boolean>;
const always: Still = async () => true;

/**
 * Asks whether the model can be deployed at all, then writes the row that makes somebody do it. Once for a run; null when
 * it is not wanted any more.
 */
const start = async (scope: Scope, run: Run, access: Access, still = always): Promise<Serving | null> => {
	const centsPerHour = await mustBeDeployable(run, access);
	return scope.tx(async (tx) => {
		await runById(tx, run.id, { lock: true });
		const alive = await aliveServing(tx, run.id);
		if (alive) return alive;
		if (!(await still(tx))) return null;
		const [serving] = await tx
			.insert(servings)
			.values({
				projectId: run.projectId,
				runId: run.id,
				// letters and digits only: it becomes part of an address at the provider
				mark: `ait-v${run.version}-${randomBytes(8).toString('hex')}`,
				status: 'starting',
				centsPerHour,
				startedBy: scope.userId,
				idleAt: inMinutes(startMinutes + idleMinutes)
			})
			.returning();
		await audit(tx, scope, 'serving.started', serving!.id, { run: run.id, version: run.version, centsPerHour });
		await enqueue(tx, scope, 'serving.follow', { servingId: serving!.id });
		await announce(tx, `run:${run.id}`, run.projectId);
		return serving!;
	});
};

/** Makes a run's model callable; billed by the minute until it is stopped. A second click finds the first one's serving. */
export const startServing = async (scope: Scope, slug: string, runId: string): Promise<Serving> => {
	authorize(scope, 'servings:edit');
	const { run, access } = await scope.tx(async (tx) => {
		const { run } = await runOf(tx, slug, runId);
		mustBeReady(run);
		return { run, access: await openAccess(tx, run.connectionId) };
	});
	if (providers[access.provider].servesTunedModels === 'at-once') {
		throw new AppError('conflict', 'This provider answers for the model at once; nothing has to be started.');
	}
	try {
		return (await start(scope, run, access))!;
	} catch (problem) {
		throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
	}
};

/** Stops paying for a run's model, also for an evaluation that waits for its answers. Stopped already is as good. */
export const stopServing = async (scope: Scope, slug: string, runId: string): Promise<void> => {
	authorize(scope, 'servings:edit');
	await scope.tx(async (tx) => {
		const { run } = await runOf(tx, slug, runId, { lock: true });
		const alive = await aliveServing(tx, run.id);
		if (!alive) return;
		await endStopped(tx, run);
		if (alive.status === 'stopping') return;
		// with a problem it would end as failed, and that it does not: somebody wanted it so
		await changeServing(tx, alive, { status: 'stopping', problem: null });
		await audit(tx, scope, 'serving.stopped', alive.id, { run: run.id, version: run.version });
		await enqueue(tx, scope, 'serving.follow', { servingId: alive.id });
	});
};

export type Served = { ready: true; callAs: string } | { ready: false; status: ServingStatus; problem?: string };

/** `since` when it is wanted: what failed before that is no answer to it. `still`: it is started only while that holds. */
export type Wanted = { since: Date; still: Still };

/**
 * Whether a run's model answers now, and by which name. Where it must be deployed first, this starts it, and each call
 * counts as a use. Throws *conflict* when it cannot be deployed; a provider that is away is waited for.
 */
export const ensureServed = async (
	scope: Scope,
	runId: string,
	{ since, still }: Wanted = { since: new Date(), still: always }
): Promise<Served> => {
	authorize(scope, 'servings:edit');
	const { run, access, last } = await scope.tx(async (tx) => {
		const run = await runById(tx, runId);
		mustBeReady(run);
		return { run, access: await openAccess(tx, run.connectionId), last: await pushed(tx, runId) };
	});
	if (providers[access.provider].servesTunedModels === 'at-once') {
		if (!run.model) throw new AppError('conflict', 'The provider gave this model no name to call it by.');
		return { ready: true, callAs: run.model };
	}
	if (last?.status === 'ready' && last.deployment) return { ready: true, callAs: last.deployment.callAs };
	const problem = last?.problem ? { problem: last.problem } : {};
	if (last?.status === 'starting' || last?.status === 'stopping')
		return { ready: false, status: last.status, ...problem };
	if (last?.status === 'failed' && (last.stoppedAt ?? last.createdAt) >= since)
		return { ready: false, status: 'failed', ...problem };
	try {
		return { ready: false, status: (await start(scope, run, access, still))?.status ?? 'stopped' };
	} catch (problem) {
		if (problem instanceof ProviderError && problem.retry)
			return { ready: false, status: 'starting', problem: problem.message };
		throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
	}
};

/** Every use begins the idle time anew. */
const pushed = async (tx: Tx, runId: string): Promise<Serving | undefined> => {
	const last = await lastServing(tx, runId);
	const minutes =
		last?.status === 'ready' ? idleMinutes : last?.status === 'starting' ? startMinutes + idleMinutes : null;
	if (last && minutes !== null)
		await tx
			.update(servings)
			.set({ idleAt: inMinutes(minutes) })
			.where(eq(servings.id, last.id));
	return last;
};

/** Whoever asked for it is done: it stops soon, unless somebody else uses it meanwhile. */
export const releaseServing = async (scope: Scope, runId: string): Promise<void> => {
	authorize(scope, 'servings:edit');
	await scope.tx(async (tx) => {
		const alive = await aliveServing(tx, runId);
		const idleAt = inMinutes(releasedMinutes);
		if (alive && alive.status !== 'stopping' && alive.idleAt > idleAt) await changeServing(tx, alive, { idleAt });
	});
};
