// Long for a step file: everything an order's outcome may write, so that the rules of "exactly one" stand on one page.
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { runCan } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { runs } from '../platform/db/schema.ts';
import { quietMs, soon } from '../providers/poll-interval.ts';
import type { Access, Ordered, ProviderId, TrainingOrder } from '../providers/provider.ts';
import { changeRun, endRun, noteEvent } from './change.ts';
import { type Run, findRun, runById } from './rows.ts';

/** Clean lists that allow a second order (PR3 in providers/README.md). */
const cleanListsNeeded = 3;

export type Opened = { run: Run; access: Access };

/** A step: a run that still has to be ordered, with its opened connection; null when there is nothing to do any more. */
export const openOrder = async (tx: Tx, runId: string): Promise<Opened | null> => {
	const run = await findRun(tx, runId);
	// another worker writes its files: what that one leaves undone is asked for again
	if (!run || !runCan.submit(run) || run.preparing) return null;
	return { run, access: await openAccess(tx, run.connectionId) };
};

export const orderOf = (run: Run): TrainingOrder => ({
	mark: run.mark,
	model: run.baseModel,
	method: run.method,
	trainingFileId: run.trainingFileId!,
	validationFileId: run.validationFileId,
	recipe: run.recipe,
	seed: run.seed
});

/** How the order of a run is known at a provider that keeps no mark. */
export const orderedAs = ({ trainingFileId, submittedAt }: Run): Ordered => ({ trainingFileId, since: submittedAt });

/**
 * A step: writes down that we are about to order. Of several workers one gets the run back, the others null: only who
 * has it may place the order.
 */
export const recordIntent = async (tx: Tx, scope: Scope, run: Run): Promise<Run | null> => {
	const [mine] = await tx
		.update(runs)
		.set({ status: 'submitting', submittedAt: sql`now()`, cleanLists: 0, problem: null })
		.where(
			and(
				eq(runs.id, run.id),
				isNull(runs.submittedAt),
				isNull(runs.cancelRequestedAt),
				isNull(runs.jobId),
				inArray(runs.status, ['uploading', 'submitting', 'unknown'])
			)
		)
		.returning();
	if (mine) await changeRun(tx, scope, run, { status: 'submitting' });
	return mine ?? null;
};

/**
 * A step: decides for one of the jobs that the provider has of a run, before it is known that the others will end. Until
 * they do, the run stays open and is tried again; a late answer that brings another job finds this one chosen.
 */
export const chooseJob = async (
	tx: Tx,
	scope: Scope,
	runId: string,
	jobId: string | undefined
): Promise<string | undefined> => {
	const run = await runById(tx, runId, { lock: true });
	if (run.jobId || jobId === undefined || !runCan.submit(run)) return run.jobId ?? jobId;
	await changeRun(tx, scope, run, { jobId });
	return jobId;
};

/**
 * A step: the provider has this job for us. False when another job of the run is recorded, or the run has ended: then this
 * one is too many and the caller cancels it.
 */
export const recordJob = async (tx: Tx, scope: Scope, runId: string, jobId: string): Promise<boolean> => {
	const run = await runById(tx, runId, { lock: true });
	if ((run.jobId ?? jobId) !== jobId || !runCan.submit(run)) return run.jobId === jobId;
	await changeRun(tx, scope, run, { jobId, status: 'validating', problem: null });
	await noteEvent(tx, run, { kind: 'ordered', message: `The provider has taken the order as ${jobId}.` });
	await enqueue(tx, 'run.follow', { runId });
	return true;
};

/** A step: the answer said plainly that nothing was ordered, so nothing has to be looked for. */
export const withdrawIntent = async (tx: Tx, scope: Scope, run: Run) => {
	const now = await runById(tx, run.id, { lock: true });
	if (!now.jobId && isSameOrder(now, run)) await changeRun(tx, scope, now, { submittedAt: null });
};

const isSameOrder = (one: Run, two: Run) => one.submittedAt?.getTime() === two.submittedAt?.getTime();

/** A step: no answer came, so the order may or may not exist. */
export const recordLost = async (tx: Tx, scope: Scope, run: Run) => {
	const now = await runById(tx, run.id, { lock: true });
	if (now.jobId || now.status === 'unknown' || !runCan.submit(now)) return;
	await changeRun(tx, scope, now, { status: 'unknown' });
	await noteEvent(tx, now, {
		level: 'warning',
		kind: 'lost',
		message: 'No answer came to the order. Looking for it at the provider before anything is ordered again.'
	});
};

/**
 * A step: the provider's list did not have our mark. After three such lists over the quiet time the order is certain not
 * to exist: it may be placed again, or the run ends if somebody cancelled it meanwhile.
 */
export const recordCleanList = async (tx: Tx, scope: Scope, seen: Run, provider: ProviderId) => {
	const run = await runById(tx, seen.id, { lock: true });
	if (run.jobId || !runCan.submit(run) || !run.submittedAt || !isSameOrder(run, seen)) return;
	const cleanLists = run.cleanLists + 1;
	const isCertain = cleanLists >= cleanListsNeeded && Date.now() - run.submittedAt.getTime() >= quietMs(provider);
	if (!isCertain) {
		await changeRun(tx, scope, run, { status: 'unknown', cleanLists: Math.min(cleanLists, 32_000) });
		return enqueue(tx, 'run.submit', { runId: run.id }, { after: soon(provider) });
	}
	if (run.cancelRequestedAt)
		return endRun(tx, scope, run, 'cancelled', 'Cancelled. The order never reached the provider; nothing is billed.');
	await changeRun(tx, scope, run, { submittedAt: null, cleanLists });
	await noteEvent(tx, run, {
		level: 'warning',
		kind: 'again',
		message: 'The order never arrived. It is placed again.'
	});
	await record(tx, scope, {
		event: 'run.ordered_again',
		subject: run.id,
		projectId: run.projectId,
		details: { version: run.version }
	});
	await enqueue(tx, 'run.submit', { runId: run.id });
};

/** A step: somebody cancelled, or another worker is ordering at this moment: then it is looked at again a little later. */
export const stepBack = async (tx: Tx, scope: Scope, runId: string, { provider }: Access) => {
	const run = await runById(tx, runId);
	if (run.cancelRequestedAt && !run.submittedAt && !run.jobId) await endRun(tx, scope, run, 'cancelled', null);
	else if (runCan.submit(run)) await enqueue(tx, 'run.submit', { runId }, { after: soon(provider) });
};
