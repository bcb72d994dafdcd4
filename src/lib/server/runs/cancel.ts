import { stillBilled } from '../../core/runs/billing.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { runCan } from '../../core/runs/status.ts';
import { audit } from '../events/legacy.ts';
import { openAccess } from '../connections/connections.ts';
import { enqueue } from '../jobs/queue.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Scope } from '../access/scope.ts';
import { passCancelOn } from './follow.ts';
import { changeRun, endRun, noteEvent, runOf } from './rows.ts';

/** Long enough for an ordinary answer; after that the worker goes on asking. */
const answerWithinMs = 5_000;

/**
 * Calls a run off, and says what is billed all the same. Cancelled already is as good; a run that has ended is a
 * *conflict*. What the provider does not hear now, the worker tells it as soon as it can.
 */
export const cancelRun = async (scope: Scope, slug: string, runId: string): Promise<{ billed: string }> => {
	authorize(scope, 'runs:cancel');
	const { run, access, billed } = await scope.tx(async (tx) => {
		const { run } = await runOf(tx, slug, runId, { lock: true });
		const billed = stillBilled(run);
		if (run.status === 'cancelled' || run.status === 'cancelling') return { run, access: null, billed };
		if (!runCan.cancel(run)) throw new AppError('conflict', `v${run.version} is ${run.status}. ${billed}`);
		if (run.cancelRequestedAt) return { run, access: null, billed };
		await changeRun(tx, run, { cancelRequestedAt: new Date() });
		await audit(tx, scope, 'run.cancelled', run.id, { version: run.version, status: run.status });
		if (!run.submittedAt && !run.jobId) {
			await endRun(tx, run, 'cancelled', null);
			return { run, access: null, billed };
		}
		await noteEvent(tx, run, { level: 'warning', kind: 'cancel', message: 'Somebody cancelled the run.' });
		// the access is only opened with a job: before that the worker, which knows more, carries the cancellation out
		if (run.jobId) return { run, access: await openAccess(tx, run.connectionId), billed };
		await enqueue(tx, scope, 'run.submit', { runId: run.id });
		return { run, access: null, billed };
	});
	if (access) {
		await passCancelOn(scope, run, { ...access, signal: AbortSignal.timeout(answerWithinMs) }).catch((problem) => {
			if (!(problem instanceof ProviderError)) throw problem;
		});
	}
	return { billed };
};
