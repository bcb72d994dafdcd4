import { and, desc, eq } from 'drizzle-orm';
import { isOver, runCan } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { enqueue } from '../jobs/queue.ts';
import { runEvents } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import { quietMs, soon } from '../providers/poll-interval.ts';
import type { Access, JobReport, ProviderId } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { changeRun, endRun, noteEvent } from './change.ts';
import { cancelOthers, wasOrderedAgain, withoutDuplicates } from './duplicates.ts';
import { orderedAs } from './order.ts';
import { recordReport } from './report.ts';
import { type Run, findRun, longestWaitMs, markFrom, providerOf, runById, tellProblem } from './rows.ts';

/** With a refused key nothing can be learnt until somebody replaces it: look less often. */
const slowly = 6;

const again = (tx: Tx, scope: Scope, run: Run, after: Date) => enqueue(tx, 'run.follow', { runId: run.id }, { after });

/**
 * One look at a run's job at the provider: passes a cancellation on, records what the job says, and comes back after the
 * poll interval until the run is over. May run twice and twice at once. Throws what should be tried again later.
 */
export const followRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	const run = await scope.tx((tx) => findRun(tx, runId));
	if (!run?.jobId || !runCan.follow(run)) return;
	try {
		const access = { ...(await scope.tx((tx) => openAccess(tx, run.connectionId))), signal };
		const report = await lookAt(scope, run, access);
		await scope.tx(async (tx) => {
			const now = await runById(tx, runId, { lock: true });
			// somebody else has meanwhile learnt of another number: what we know is of the old one
			const after = now.jobId === run.jobId ? await recordReport(tx, scope, now, report) : now;
			if (!isOver(after)) await again(tx, scope, run, soon(access.provider));
		});
	} catch (problem) {
		if (signal.aborted) throw problem; // this process stops; another one goes on
		await tellProblem(problem, (known) => recordProblem(scope, run, known));
	}
};

const lookAt = async (scope: Scope, run: Run, access: Access): Promise<JobReport> => {
	if (run.cancelRequestedAt && run.status !== 'cancelling') await passCancelOn(scope, run, access);
	if (run.status === 'validating' || run.status === 'queued') await cancelLateTwins(scope, run, access);
	const provider = providers[access.provider];
	try {
		return await provider.report(access, run.jobId!);
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.kind !== 'not_found') throw problem;
		// a job may go on under another number: its mark tells
		const found = (await withoutDuplicates(scope, run, await provider.find(access, run.mark, orderedAs(run)))).at(-1);
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
		if (runCan.follow(now)) await changeRun(tx, scope, now, { status: 'cancelling' });
	});
};

/** After a second order the first may still turn up: the recorded one stays, every other is cancelled before it trains. */
const cancelLateTwins = async (scope: Scope, run: Run, access: Access) => {
	if (!(await scope.tx((tx) => wasOrderedAgain(tx, run)))) return;
	const found = await providers[access.provider].find(access, run.mark, orderedAs(run));
	await cancelOthers({ scope, run, access }, found, run.jobId!).catch(isOverAlready);
};

const isOverAlready = (problem: unknown) => {
	if (!(problem instanceof ProviderError) || problem.retry) throw problem;
};

const missing = ({ jobId }: Run) =>
	`The provider does not know the job ${jobId} at the moment. It is asked again, and nothing is ordered meanwhile.`;

/**
 * A step: whether the provider has not known the job for the whole quiet time. One such answer is no end: lists and jobs
 * are served by machines that do not know the same at the same moment, and the training is paid.
 */
const isGone = async (tx: Tx, scope: Scope, run: Run, provider: ProviderId): Promise<boolean> => {
	if (run.problem !== missing(run)) {
		await changeRun(tx, scope, run, { problem: missing(run) });
		await noteEvent(tx, run, { level: 'warning', kind: 'missing', message: missing(run) });
		return false;
	}
	const [since] = await tx
		.select({ at: runEvents.at })
		.from(runEvents)
		.where(and(eq(runEvents.runId, run.id), eq(runEvents.kind, 'aitelier.missing')))
		.orderBy(desc(runEvents.at))
		.limit(1);
	return !!since && Date.now() - since.at.getTime() >= quietMs(provider);
};

const recordProblem = async (scope: Scope, seen: Run, problem: ProviderError): Promise<void> => {
	const isTriedAgain = await scope.tx(async (tx) => {
		const run = await findRun(tx, seen.id, { lock: true });
		if (!run || !runCan.follow(run)) return false;
		await markFrom(tx, run.connectionId, problem);
		const provider = await providerOf(tx, run.connectionId);
		if (problem.kind === 'not_found') {
			if (!(await isGone(tx, scope, run, provider))) {
				await again(tx, scope, run, soon(provider));
				return false;
			}
			await endRun(
				tx,
				scope,
				run,
				'failed',
				`The provider no longer knows the job ${run.jobId}. Train again with the same settings.`
			);
			return false;
		}
		if (run.problem !== problem.message) await changeRun(tx, scope, run, { problem: problem.message });
		if (problem.retry && !problem.retryAfterMs) return true;
		const wait = problem.retryAfterMs
			? new Date(Date.now() + Math.min(problem.retryAfterMs, longestWaitMs))
			: soon(provider, slowly);
		await again(tx, scope, run, wait);
		return false;
	});
	if (isTriedAgain) throw problem;
};
