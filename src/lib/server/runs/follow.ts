import { authorize } from '../../core/permissions.ts';
import { isOver, runCan } from '../../core/run.ts';
import { config } from '../config.ts';
import { openAccess } from '../connections.ts';
import { enqueue } from '../jobs/queue.ts';
import { providers } from '../providers/index.ts';
import type { Access, JobReport } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { Scope, Tx } from '../scope.ts';
import { recordReport } from './report.ts';
import { type Run, changeRun, endRun, findRun, longestWaitMs, markFrom, providerProblem, runById } from './steps.ts';

/** With a refused key nothing can be learnt until somebody replaces it: look less often. */
const slowly = 6;

const next = (times = 1) => new Date(Date.now() + times * config().pollSeconds * 1000);

const again = (tx: Tx, scope: Scope, run: Run, after = next()) =>
	enqueue(tx, scope, 'run.follow', { runId: run.id }, { after });

/**
 * One look at a run's job at the provider: passes a cancellation on, records what the job says, and comes back after the
 * poll interval until the run is over. May run twice and twice at once. Throws what should be tried again later.
 */
export const followRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	authorize(scope, 'runs:start');
	const run = await scope.tx((tx) => findRun(tx, runId));
	if (!run?.jobId || !runCan.follow(run)) return;
	try {
		const access = { ...(await scope.tx((tx) => openAccess(tx, run.connectionId))), signal };
		const report = await lookAt(scope, run, access);
		await scope.tx(async (tx) => {
			const now = await runById(tx, runId, { lock: true });
			// somebody else has meanwhile learnt of another number: what we know is of the old one
			const after = now.jobId === run.jobId ? await recordReport(tx, now, report) : now;
			if (!isOver(after)) await again(tx, scope, run);
		});
	} catch (problem) {
		if (signal.aborted) throw problem; // this process stops; another one goes on
		await recordProblem(scope, run, providerProblem(problem));
	}
};

const lookAt = async (scope: Scope, run: Run, access: Access): Promise<JobReport> => {
	if (run.cancelRequestedAt && run.status !== 'cancelling') await passCancelOn(scope, run, access);
	if (run.cleanLists > 0 && (run.status === 'validating' || run.status === 'queued'))
		await cancelLateTwins(run, access);
	const provider = providers[access.provider];
	try {
		return await provider.report(access, run.jobId!);
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.kind !== 'not_found') throw problem;
		// a job may go on under another number: its mark tells
		const found = (await provider.find(access, run.mark)).at(-1);
		if (!found || found.jobId === run.jobId) throw problem;
		return provider.report(access, found.jobId);
	}
};

/** A step between transactions: asks the provider to stop. A job that is already over cannot be stopped, and need not be. */
export const passCancelOn = async (scope: Scope, run: Run, access: Access): Promise<void> => {
	try {
		await providers[access.provider].cancel(access, run.jobId!);
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.retry || problem.kind === 'key') throw problem;
		return; // the next report says how it ended
	}
	await scope.tx(async (tx) => {
		const now = await runById(tx, run.id, { lock: true });
		if (runCan.follow(now)) await changeRun(tx, now, { status: 'cancelling' });
	});
};

/** After a second order the first may still turn up: the recorded one stays, every other is cancelled before it trains. */
const cancelLateTwins = async (run: Run, access: Access) => {
	for (const { jobId } of await providers[access.provider].find(access, run.mark)) {
		if (jobId !== run.jobId) await providers[access.provider].cancel(access, jobId).catch(isOverAlready);
	}
};

const isOverAlready = (problem: unknown) => {
	if (!(problem instanceof ProviderError) || problem.retry) throw problem;
};

const recordProblem = async (scope: Scope, seen: Run, problem: ProviderError): Promise<void> => {
	const isTriedAgain = await scope.tx(async (tx) => {
		const run = await findRun(tx, seen.id, { lock: true });
		if (!run || !runCan.follow(run)) return false;
		await markFrom(tx, run.connectionId, problem);
		if (problem.kind === 'not_found') {
			await endRun(
				tx,
				run,
				'failed',
				`The provider no longer knows the job ${run.jobId}. Train again with the same settings.`
			);
			return false;
		}
		if (run.problem !== problem.message) await changeRun(tx, run, { problem: problem.message });
		if (problem.retry && !problem.retryAfterMs) return true;
		const wait = problem.retryAfterMs
			? new Date(Date.now() + Math.min(problem.retryAfterMs, longestWaitMs))
			: next(slowly);
		await again(tx, scope, run, wait);
		return false;
	});
	if (isTriedAgain) throw problem;
};
