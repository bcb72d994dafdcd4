import { runCan } from '../../core/runs/status.ts';
import type { Scope } from '../access/scope.ts';
import { enqueue } from '../jobs/queue.ts';
import { ProviderError } from '../providers/errors.ts';
import { orderTimeoutMs } from '../providers/poll-interval.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { changeRun, endRun } from './change.ts';
import { cancelDuplicate, cancelOthers } from './duplicates.ts';
import {
	type Opened,
	chooseJob,
	openOrder,
	orderOf,
	orderedAs,
	recordCleanList,
	recordIntent,
	recordJob,
	recordLost,
	stepBack,
	withdrawIntent
} from './order.ts';
import { prepareRun } from './prepare.ts';
import { type Run, findRun, longestWaitMs, markFrom, runById, tellProblem } from './rows.ts';
import { isAffordable, isShortEnough, uploadFiles } from './uploads.ts';

/**
 * Sends the files and places the order of a run: once, whoever dies and whatever is lost on the way. May run twice and
 * twice at once: intent is written down before the order, and an order whose answer is missing is looked for under the
 * run's mark until the provider's list is certain. Throws what should be tried again later.
 */
export const submitRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	await prepareRun(scope, runId, signal);
	try {
		const opened = await scope.tx((tx) => openOrder(tx, runId));
		if (!opened) return;
		const access = { ...opened.access, signal };
		if (opened.run.submittedAt) return await reconcile(scope, { ...opened, access });
		if (!(await uploadFiles(scope, opened.run, access))) return;
		if (!(await isShortEnough(scope, runId, access))) return;
		if (!(await isAffordable(scope, runId, access))) return;
		await placeOrder(scope, runId, access);
	} catch (problem) {
		if (signal.aborted) throw problem; // this process stops; another one goes on
		await tellProblem(problem, (known) => recordProblem(scope, runId, known));
	}
};

const placeOrder = async (scope: Scope, runId: string, access: Access) => {
	const run = await scope.tx(async (tx) => recordIntent(tx, scope, await runById(tx, runId)));
	if (!run) return scope.tx((tx) => stepBack(tx, scope, runId, access));
	let jobId: string;
	try {
		// not ended by the shutdown's signal: that would turn a certain order into a doubtful one
		const waiting = { ...access, signal: AbortSignal.timeout(orderTimeoutMs(access.provider)) };
		jobId = (await providers[access.provider].submit(waiting, orderOf(run))).jobId;
	} catch (problem) {
		if (problem instanceof ProviderError && !problem.lost) {
			await scope.tx((tx) => withdrawIntent(tx, scope, run));
			throw problem;
		}
		await scope.tx((tx) => recordLost(tx, scope, run));
		return reconcile(scope, { run, access });
	}
	await keepJob(scope, run, access, jobId);
};

const keepJob = async (scope: Scope, run: Run, access: Access, jobId: string) => {
	if (!(await scope.tx((tx) => recordJob(tx, scope, run.id, jobId))))
		await cancelDuplicate({ scope, run, access }, jobId);
};

/**
 * Looks for an order whose answer is missing: chooses the oldest, cancels the others, and only then goes on with it; or
 * counts a clean list. In this order, because a run that went on would never come back to a failed cancellation.
 */
const reconcile = async (scope: Scope, { run, access }: Opened) => {
	const found = await providers[access.provider].find(access, run.mark, orderedAs(run));
	const ours = await scope.tx((tx) => chooseJob(tx, scope, run.id, found[0]?.jobId));
	if (ours === undefined) return scope.tx((tx) => recordCleanList(tx, scope, run, access.provider));
	await cancelOthers({ scope, run, access }, found, ours);
	await keepJob(scope, run, access, ours);
};

/**
 * What the person reads, and whether it goes on. While an order may exist nothing ends the run: it is looked for again,
 * however long the provider is away or refuses the key.
 */
const recordProblem = async (scope: Scope, runId: string, problem: ProviderError): Promise<void> => {
	const isTriedAgain = await scope.tx(async (tx) => {
		const run = await findRun(tx, runId, { lock: true });
		if (!run || !runCan.submit(run)) return false;
		await markFrom(tx, run.connectionId, problem);
		if (!problem.retry && !run.submittedAt) {
			await endRun(tx, scope, run, 'failed', problem.message);
			return false;
		}
		if (run.problem !== problem.message) await changeRun(tx, scope, run, { problem: problem.message });
		if (problem.retry && !problem.retryAfterMs) return true;
		const waitMs = Math.min(problem.retryAfterMs ?? 60_000, longestWaitMs);
		await enqueue(tx, 'run.submit', { runId }, { after: new Date(Date.now() + waitMs) });
		return false;
	});
	if (isTriedAgain) throw problem;
};
