import { and, eq } from 'drizzle-orm';
import { StartServing, StopServing } from '../../contract/servings.ts';
import { AppError } from '../../core/errors.ts';
import { type ServingStatus, idleMinutes, startMinutes } from '../../core/servings/serving.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { servings } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { type Run, newestServing, runById, runOf, shownServing } from '../runs/rows.ts';
import { type Still, always, beginServing, deployability, inMinutes, mustBeReady } from './begin.ts';
import { type Serving, aliveServing, changeServing, findServing, ofItsBase } from './rows.ts';

/** Somebody else may need it in the next moment; two minutes cost little, another start takes twenty. */
const releasedMinutes = 2;

/** Makes a run's model callable; billed by the minute until it is stopped. A second click finds the first one's serving. */
export const startServing = command(StartServing, async (scope, { runId }) => {
	const { run, access } = await scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId);
		mustBeReady(run);
		return { run, access: await openAccess(tx, run.connectionId) };
	});
	if (providers[access.provider].servesTunedModels === 'at-once') {
		throw new AppError('conflict', 'This provider answers for the model at once; nothing has to be started.');
	}
	try {
		return shownServing((await beginServing(scope, run, access))!);
	} catch (problem) {
		throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
	}
});

/** A step: nobody needs it from now on: whoever wanted it before reads that, and does not start it again. */
export const halt = async (tx: Tx, scope: Scope, alive: Serving, { version }: Pick<Run, 'version'>): Promise<void> => {
	const pressed = { stoppedBy: scope.userId, idleAt: new Date() };
	if (alive.status === 'stopping') return changeServing(tx, scope, alive, pressed);
	await record(tx, scope, {
		event: 'serving.stopped',
		subject: alive.id,
		projectId: alive.projectId,
		details: { run: alive.runId, version, ...ofItsBase(alive) }
	});
	// with a problem it would end as failed, and that it does not: somebody wanted it so
	await changeServing(tx, scope, alive, { ...pressed, status: 'stopping', problem: null });
	await enqueue(tx, 'serving.follow', { servingId: alive.id });
};

/** Stops paying for a run's model, also where an evaluation waits for its answers. Stopped already is as good. */
export const stopServing = command(StopServing, (scope, { runId, ofBase }) =>
	scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId, { lock: true });
		const alive = await aliveServing(tx, run.id, ofBase);
		if (alive) await halt(tx, scope, alive, run);
		return null;
	})
);

// ── for the jobs of other features, which need a model: no operation leads here ──

/** Whether the base of a run can be deployed as it is, for a comparison, and why not. */
export const baseDeployability = (run: Run, access: Access) => deployability(run, access, true);

export type Served =
	| { ready: true; callAs: string }
	| {
			ready: false;
			status: ServingStatus;
			problem?: string;
			/** Somebody pressed stop after it was wanted: it is not started again. */
			stoppedByPerson?: true;
	  };

/**
 * `since` when it is wanted: what failed or was stopped before that is no answer to it. `still`: it is started only while that holds.
 * `ofBase`: the base of the run as it is, on hardware like that of its model.
 */
export type Wanted = { since: Date; still: Still; ofBase?: boolean };

const isStoppedByPerson = ({ status, stoppedBy, idleAt }: Serving, since: Date) =>
	(status === 'stopping' || status === 'stopped') && stoppedBy !== null && idleAt >= since;

/**
 * Whether a run's model answers now, and by which name. Where it must be deployed first, this starts it, and each call
 * counts as a use; what a person has stopped since it is wanted stays stopped. Throws *conflict* when it cannot be
 * deployed; a provider that is away is waited for.
 */
export const ensureServed = async (
	scope: Scope,
	runId: string,
	{ since, still, ofBase = false }: Wanted = { since: new Date(), still: always }
): Promise<Served> => {
	const { run, access, last } = await scope.tx(async (tx) => {
		const run = await runById(tx, runId);
		mustBeReady(run);
		return { run, access: await openAccess(tx, run.connectionId), last: await pushed(tx, runId, ofBase) };
	});
	if (providers[access.provider].servesTunedModels === 'at-once') {
		const callAs = ofBase ? run.baseModel : run.model;
		if (!callAs) throw new AppError('conflict', 'The provider gave this model no name to call it by.');
		return { ready: true, callAs };
	}
	if (last?.status === 'ready' && last.deployment) return { ready: true, callAs: last.deployment.callAs };
	if (last && isStoppedByPerson(last, since)) return { ready: false, status: 'stopped', stoppedByPerson: true };
	const problem = last?.problem ? { problem: last.problem } : {};
	if (last?.status === 'starting' || last?.status === 'stopping')
		return { ready: false, status: last.status, ...problem };
	if (last?.status === 'failed' && (last.stoppedAt ?? last.createdAt) >= since)
		return { ready: false, status: 'failed', ...problem };
	try {
		return { ready: false, status: (await beginServing(scope, run, access, { ofBase, still }))?.status ?? 'stopped' };
	} catch (problem) {
		if (problem instanceof ProviderError && problem.retry)
			return { ready: false, status: 'starting', problem: problem.message };
		throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
	}
};

/** Every use begins the idle time anew; not that of one which somebody stops at this moment. */
const pushed = async (tx: Tx, runId: string, ofBase: boolean): Promise<Serving | undefined> => {
	const last = await newestServing(tx, runId, ofBase);
	const minutes =
		last?.status === 'ready' ? idleMinutes : last?.status === 'starting' ? startMinutes + idleMinutes : null;
	if (last && minutes !== null)
		await tx
			.update(servings)
			.set({ idleAt: inMinutes(minutes) })
			.where(and(eq(servings.id, last.id), eq(servings.status, last.status)));
	return last;
};

/** Whoever asked for it is done: it stops soon, unless somebody else uses it meanwhile. */
export const releaseServing = async (scope: Scope, runId: string, ofBase = false): Promise<void> =>
	scope.tx(async (tx) => {
		const found = await aliveServing(tx, runId, ofBase);
		const now = found && (await findServing(tx, found.id, { lock: true }));
		const idleAt = inMinutes(releasedMinutes);
		if (now && (now.status === 'starting' || now.status === 'ready') && now.idleAt > idleAt)
			await changeServing(tx, scope, now, { idleAt });
	});
