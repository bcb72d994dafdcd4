// Longer than most: the one way an order is placed, with every answer it can get or miss.
import { authorize } from '../../core/permissions.ts';
import { runCan } from '../../core/runs/status.ts';
import { enqueue } from '../jobs/queue.ts';
import { providers } from '../providers/registry.ts';
import type { Access } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Scope } from '../access/scope.ts';
import { cancelDuplicate, cancelOthers } from './duplicates.ts';
import {
	type Opened,
	chooseJob,
	fileOf,
	openOrder,
	orderOf,
	recordCleanList,
	recordIntent,
	recordJob,
	recordLost,
	withdrawIntent
} from './order.ts';
import { orderTimeoutMs, soon } from './poll-interval.ts';
import {
	type Run,
	changeRun,
	endRun,
	findRun,
	longestWaitMs,
	markFrom,
	noteEvent,
	runById,
	tellProblem
} from './rows.ts';
import type { Kind } from './training-files.ts';

const fileIdOf = { train: 'trainingFileId', validation: 'validationFileId' } as const;

/**
 * Sends the files and places the order of a run: once, whoever dies and whatever is lost on the way. May run twice and
 * twice at once: intent is written down before the order, and an order whose answer is missing is looked for under the
 * run's mark until the provider's list is certain. Throws what should be tried again later.
 */
export const submitRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	authorize(scope, 'runs:start');
	try {
		const opened = await scope.tx((tx) => openOrder(tx, runId));
		if (!opened) return;
		const access = { ...opened.access, signal };
		if (opened.run.submittedAt) return await reconcile(scope, { ...opened, access });
		if (!(await uploadFiles(scope, opened.run, access))) return;
		if (!(await isAffordable(scope, runId, access))) return;
		await placeOrder(scope, runId, access);
	} catch (problem) {
		if (signal.aborted) throw problem; // this process stops; another one goes on
		await tellProblem(problem, (known) => recordProblem(scope, runId, known));
	}
};

/** False: the run was cancelled meanwhile. A file that was sent before is not sent again. */
const uploadFiles = async (scope: Scope, first: Run, access: Access): Promise<boolean> => {
	for (const kind of ['train', 'validation'] as const satisfies Kind[]) {
		const file = await scope.tx(async (tx) => {
			const run = await runById(tx, first.id, { lock: true });
			if (run.cancelRequestedAt || !runCan.submit(run)) return 'stop';
			return run[fileIdOf[kind]] ? null : fileOf(tx, run, kind);
		});
		if (file === 'stop') {
			await stepBack(scope, first.id, access);
			return false;
		}
		if (!file) continue;
		const { fileId } = await providers[access.provider].upload(access, file);
		await scope.tx(async (tx) => {
			await changeRun(tx, first, { [fileIdOf[kind]]: fileId, problem: null });
			const what = kind === 'train' ? 'training' : 'validation';
			await noteEvent(tx, first, { kind: 'uploaded', message: `The provider has accepted the ${what} file.` });
		});
	}
	return true;
};

/** The provider's own price and consent, which it gives once it has the file. A refusal ends the run before it costs. */
const isAffordable = async (scope: Scope, runId: string, access: Access): Promise<boolean> => {
	const run = await scope.tx((tx) => runById(tx, runId));
	const estimate = await providers[access.provider].estimate(access, orderOf(run)).catch(noEstimate);
	if (!estimate) return true;
	await scope.tx(async (tx) => {
		const estimateCents = Math.ceil(estimate.cents);
		if (run.estimateCents !== estimateCents) await changeRun(tx, run, { estimateCents });
		if (!estimate.allowed) {
			await endRun(
				tx,
				run,
				'failed',
				'The balance of the provider account is too low for this training. Top it up there, then train again.'
			);
		}
	});
	return estimate.allowed;
};

/** Without an estimate the order itself will say what is wrong, if anything is. */
const noEstimate = (problem: unknown): null => {
	if (problem instanceof ProviderError && problem.kind !== 'key') return null;
	throw problem;
};

const placeOrder = async (scope: Scope, runId: string, access: Access) => {
	const run = await scope.tx(async (tx) => recordIntent(tx, await runById(tx, runId)));
	if (!run) return stepBack(scope, runId, access);
	let jobId: string;
	try {
		// not ended by the shutdown's signal: that would turn a certain order into a doubtful one
		const waiting = { ...access, signal: AbortSignal.timeout(orderTimeoutMs(access.provider)) };
		jobId = (await providers[access.provider].submit(waiting, orderOf(run))).jobId;
	} catch (problem) {
		if (problem instanceof ProviderError && !problem.lost) {
			await scope.tx((tx) => withdrawIntent(tx, run));
			throw problem;
		}
		await scope.tx((tx) => recordLost(tx, run));
		return reconcile(scope, { run, access });
	}
	await keepJob(scope, run, access, jobId);
};

/** Somebody cancelled, or another worker is ordering at this moment: then it is looked at again a little later. */
const stepBack = (scope: Scope, runId: string, { provider }: Access) =>
	scope.tx(async (tx) => {
		const run = await runById(tx, runId);
		if (run.cancelRequestedAt && !run.submittedAt && !run.jobId) await endRun(tx, run, 'cancelled', null);
		else if (runCan.submit(run)) await enqueue(tx, scope, 'run.submit', { runId }, { after: soon(provider) });
	});

const keepJob = async (scope: Scope, run: Run, access: Access, jobId: string) => {
	if (!(await scope.tx((tx) => recordJob(tx, scope, run.id, jobId))))
		await cancelDuplicate({ scope, run, access }, jobId);
};

/**
 * Looks for an order whose answer is missing: chooses the oldest, cancels the others, and only then goes on with it; or
 * counts a clean list. In this order, because a run that went on would never come back to a failed cancellation.
 */
const reconcile = async (scope: Scope, { run, access }: Opened) => {
	const found = await providers[access.provider].find(access, run.mark);
	const ours = await scope.tx((tx) => chooseJob(tx, run.id, found[0]?.jobId));
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
			await endRun(tx, run, 'failed', problem.message);
			return false;
		}
		if (run.problem !== problem.message) await changeRun(tx, run, { problem: problem.message });
		if (problem.retry && !problem.retryAfterMs) return true;
		const waitMs = Math.min(problem.retryAfterMs ?? 60_000, longestWaitMs);
		await enqueue(tx, scope, 'run.submit', { runId }, { after: new Date(Date.now() + waitMs) });
		return false;
	});
	if (isTriedAgain) throw problem;
};
