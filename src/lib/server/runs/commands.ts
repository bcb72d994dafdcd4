import { CancelRun, StartRun } from '../../contract/runs.ts';
import { AppError } from '../../core/errors.ts';
import { stillBilled } from '../../core/runs/billing.ts';
import { preparedAtOnce } from '../../core/runs/preparing.ts';
import { limitProblem } from '../../core/runs/recipe-limits.ts';
import { runCan } from '../../core/runs/status.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { lockedProject, projectNow } from '../project/rows.ts';
import { ProviderError } from '../providers/errors.ts';
import { changeRun, endRun, noteEvent } from './change.ts';
import { passCancelOn } from './follow.ts';
import { keptOf } from './kept.ts';
import {
	changedMeanwhile,
	checkRun,
	fromClientId,
	placeRun,
	refuseWhileOrdering,
	runWithMark,
	trainedAt
} from './place.ts';
import { askProvider } from './preflight.ts';
import { type Run, listedRun, runOf } from './rows.ts';

const started = (run: Run) => ({ ...listedRun(run), mark: run.mark });

/**
 * Starts a run: refuses what blocks with its sentences and queues the order. The same `clientId` is the same run, however
 * often it comes.
 */
export const startRun = command(
	StartRun,
	async (scope, { clientId, method, connectionId: at, baseModel: other, ...recipe }) => {
		const elsewhere = { connectionId: at, baseModel: other };
		const { baseModel, connectionId } = trainedAt(scope.project, elsewhere);
		const { mark, seed } = fromClientId(scope, clientId);
		const first = await scope.tx(async (tx) => {
			const run = await runWithMark(tx, mark);
			const { nextExample } = await projectNow(tx, scope);
			return {
				run,
				access: !run && connectionId ? await openAccess(tx, connectionId) : null,
				isLarge: nextExample > preparedAtOnce
			};
		});
		if (first.run) return started(first.run);
		if (!first.access) throw new AppError('conflict', 'The project has no connection. Choose one in its settings.');
		const provider = await askProvider(first.access, baseModel, method);
		const wrong = limitProblem(recipe, provider.limits);
		if (wrong) throw new AppError('invalid', wrong.sentence, wrong.field);
		const wanted = { method, recipe, provider };
		// a large project is looked through beside the others, and locked for what comes after
		const looked = first.isLarge
			? await scope.look(async (tx) =>
					checkRun(tx, trainedAt(await projectNow(tx, scope), elsewhere), wanted, await keptOf(tx, scope.project.id))
				)
			: null;
		return scope
			.tx(async (tx) => {
				const project = trainedAt(await lockedProject(tx, scope), elsewhere);
				const known = await runWithMark(tx, mark);
				if (known) return started(known);
				await refuseWhileOrdering(tx, project);
				if (project.baseModel !== baseModel)
					throw new AppError('conflict', 'The model of the project has just changed. Look at the checklist again.');
				const checked = looked ?? (await checkRun(tx, project, wanted));
				return started(await placeRun(tx, scope, { project, method, recipe, mark, seed, checked }));
			})
			.catch(changedMeanwhile);
	}
);

/** Long enough for an ordinary answer; after that the worker goes on asking. */
const answerWithinMs = 5_000;

/**
 * A step: calls a run off that can be, and was not before. Nothing has been ordered: it ends here. Else the worker that
 * orders or follows it carries it out.
 */
export const callOff = async (tx: Tx, scope: Scope, run: Run): Promise<void> => {
	await record(tx, scope, {
		event: 'run.cancelled',
		subject: run.id,
		projectId: run.projectId,
		details: { version: run.version, status: run.status }
	});
	await changeRun(tx, scope, run, { cancelRequestedAt: new Date() });
	if (!run.submittedAt && !run.jobId) return endRun(tx, scope, run, 'cancelled', null);
	await noteEvent(tx, run, { level: 'warning', kind: 'cancel', message: 'Somebody cancelled the run.' });
	if (!run.jobId) await enqueue(tx, 'run.submit', { runId: run.id });
};

/**
 * Calls a run off, and says what is billed all the same. Cancelled already is as good; a run that has ended is a
 * *conflict*. What the provider does not hear now, the worker tells it as soon as it can.
 */
export const cancelRun = command(CancelRun, async (scope, { runId }) => {
	const { run, access, billed } = await scope.tx(async (tx) => {
		const run = await runOf(tx, scope, runId, { lock: true });
		const billed = stillBilled(run);
		if (run.status === 'cancelled' || run.status === 'cancelling') return { run, access: null, billed };
		if (!runCan.cancel(run)) throw new AppError('conflict', `v${run.version} is ${run.status}. ${billed}`);
		if (run.cancelRequestedAt) return { run, access: null, billed };
		await callOff(tx, scope, run);
		// only opened with a job: before that the worker, which knows more, carries the cancellation out
		return { run, access: run.jobId ? await openAccess(tx, run.connectionId) : null, billed };
	});
	if (access) {
		await passCancelOn(scope, run, { ...access, signal: AbortSignal.timeout(answerWithinMs) }).catch((problem) => {
			if (!(problem instanceof ProviderError)) throw problem;
		});
	}
	return { billed };
});
