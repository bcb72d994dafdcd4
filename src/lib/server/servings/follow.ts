import { AppError } from '../../core/errors.ts';
import { idleMinutes, isAlive, longestHours, startMinutes, stopReason } from '../../core/servings/serving.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { mustAfford, noteSpending } from '../budget/rows.ts';
import { openAccess } from '../connections/rows.ts';
import { enqueue } from '../jobs/queue.ts';
import type { ProviderError } from '../providers/errors.ts';
import { pollSecondsFor } from '../providers/poll-interval.ts';
import type { Access, DeploymentState, Weights } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { longestWaitMs, markFrom, providerOf, runById, tellProblem } from '../runs/rows.ts';
import { weightsFor } from './begin.ts';
import { type Serving, changeServing, findServing } from './rows.ts';

const again = (tx: Tx, scope: Scope, servingId: string, waitMs: number) =>
	enqueue(tx, 'serving.follow', { servingId }, { after: new Date(Date.now() + waitMs) });

/**
 * One look at a deployment: makes it, waits for it, stops it when nobody has used it for a while or somebody wants so, and
 * comes back until it is gone. May run twice and twice at once. It never gives up on something that may be billed.
 */
export const followServing = async (scope: Scope, servingId: string, signal: AbortSignal): Promise<void> => {
	const serving = await scope.tx((tx) => findServing(tx, servingId));
	if (!serving || !isAlive(serving)) return;
	try {
		const { run, access } = await scope.tx(async (tx) => {
			const run = await runById(tx, serving.runId);
			return { run, access: { ...(await openAccess(tx, run.connectionId)), signal } };
		});
		const state = await stateOf(
			await deploy(scope, serving, weightsFor(run, serving.baseModel !== null), access),
			access
		);
		await scope.tx(async (tx) => {
			const now = await findServing(tx, servingId, { lock: true });
			if (!now || !isAlive(now)) return;
			const pollSeconds = pollSecondsFor(access.provider);
			const change = { ...afterState(now, state, new Date()) };
			if (change.status === undefined && now.status !== 'stopping')
				Object.assign(change, await afterBudget(tx, now, pollSeconds));
			if (Object.keys(change).length > 0) await changeServing(tx, scope, now, change);
			// a stop that has just been decided is carried out at once, not a poll later
			const isNews = now.status !== 'stopping' && change.status === 'stopping';
			const waitMs = isNews ? 0 : pollSeconds * 1000;
			await noteSpending(tx, now.projectId);
			if (isAlive({ ...now, ...change })) await again(tx, scope, servingId, waitMs);
		});
	} catch (problem) {
		if (signal.aborted) throw problem; // this process stops; another one goes on
		await tellProblem(problem, (known) => recordProblem(scope, serving, known));
	}
};

/**
 * The deployment under our mark, found or made. Also for a serving that must stop but has none on record: the answer to an
 * earlier call may have been lost, and what nobody knows of is billed for ever.
 */
const deploy = async (scope: Scope, serving: Serving, weights: Weights, access: Access): Promise<Serving> => {
	if (serving.deployment) return serving;
	const deployment = await providers[access.provider].deploy(access, weights, serving.mark);
	return scope.tx(async (tx) => {
		const now = (await findServing(tx, serving.id, { lock: true }))!;
		// given up meanwhile by another worker: what exists after all has to be stopped
		const change = {
			deployment,
			problem: null,
			...(!isAlive(now) && { status: 'stopping' as const, stoppedAt: null })
		};
		await changeServing(tx, scope, now, change);
		return { ...now, ...change };
	});
};

const stateOf = async ({ status, deployment }: Serving, access: Access): Promise<DeploymentState> => {
	const provider = providers[access.provider];
	if (status === 'stopping') await provider.stop(access, deployment!);
	return provider.deploymentState(access, deployment!);
};

/** What a state at the provider means for a serving, as columns to write; nothing when all is as it was. */
export const afterState = (serving: Serving, state: DeploymentState, now: Date): Partial<Serving> => {
	if (serving.status === 'stopping') {
		if (state !== 'stopped') return {};
		return { status: serving.problem && !serving.readyAt ? 'failed' : 'stopped', stoppedAt: now };
	}
	if (state === 'stopped')
		return { status: 'stopped', stoppedAt: now, problem: 'It was stopped at the provider, not here.' };
	if (state === 'failed')
		return { status: 'stopping', problem: 'The provider could not keep the model running. Start it again.' };
	const reason = stopReason(serving, now);
	if (reason === 'idle') return { status: 'stopping' };
	if (reason)
		return { status: 'stopping', problem: `Stopped after ${longestHours} hours. Start it again if you still need it.` };
	if (serving.status === 'starting' && state === 'ready') {
		const idleAt = new Date(now.getTime() + idleMinutes * 60_000);
		return { status: 'ready', readyAt: now, problem: null, idleAt: idleAt < serving.idleAt ? idleAt : serving.idleAt };
	}
	if (serving.status === 'starting' && now.getTime() - serving.createdAt.getTime() > startMinutes * 60_000) {
		return {
			status: 'stopping',
			problem: `The model was not ready after ${startMinutes} minutes, so it was given up.`
		};
	}
	return serving.problem ? { problem: null } : {};
};

/** What the budget means for one that goes on: it is stopped while the time until the next look is still paid for. */
const afterBudget = async (
	tx: Tx,
	{ projectId, centsPerHour }: Serving,
	pollSeconds: number
): Promise<Partial<Serving>> => {
	try {
		await mustAfford(tx, projectId, centsPerHour && (centsPerHour * pollSeconds) / 3600);
		return {};
	} catch (problem) {
		if (!(problem instanceof AppError)) throw problem;
		return { status: 'stopping', problem: `Stopped. ${problem.message}` };
	}
};

/**
 * What was refused in two looks before anything existed is over; a first refusal may only mean that another worker was
 * quicker and has taken the name. Everything else, a refused key too, is tried again for as long as it takes: a key is
 * replaced one day, and until then there may be something that is billed.
 */
const recordProblem = async (scope: Scope, seen: Serving, problem: ProviderError): Promise<void> => {
	await scope.tx(async (tx) => {
		const serving = await findServing(tx, seen.id, { lock: true });
		if (!serving || !isAlive(serving)) return;
		const { connectionId } = await runById(tx, serving.runId);
		await markFrom(tx, connectionId, problem);
		const isStopping = serving.status === 'stopping';
		const isRefusal = !problem.retry && problem.kind !== 'key';
		const isFinal = !serving.deployment && isRefusal && (isStopping || seen.problem === problem.message);
		if (isFinal) {
			const end = isStopping ? { status: 'stopped' as const } : { status: 'failed' as const, problem: problem.message };
			return changeServing(tx, scope, serving, { ...end, stoppedAt: new Date() });
		}
		// of a serving that is being stopped, a problem would say that it failed
		if (!isStopping && serving.problem !== problem.message)
			await changeServing(tx, scope, serving, { problem: problem.message });
		const pollMs = pollSecondsFor(await providerOf(tx, connectionId)) * 1000;
		const waitMs = Math.max(problem.retryAfterMs ?? 0, 3 * pollMs);
		await again(tx, scope, serving.id, Math.min(waitMs, longestWaitMs));
	});
};
