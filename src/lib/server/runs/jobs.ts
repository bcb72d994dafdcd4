import { notInArray } from 'drizzle-orm';
import { runCan } from '../../core/runs/status.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { runs } from '../platform/db/schema.ts';
import { followRun } from './follow.ts';
import { tellEnd } from './mail.ts';
import { submitRun } from './submit.ts';

/** Following is a short look; submitting uploads files. */
export const runJobs = [
	job('run.submit', {
		id: 'runId',
		atOnce: 2,
		outlivesTeam: true,
		run: (scope, { runId }, signal) => submitRun(scope, runId, signal)
	}),
	job('run.follow', {
		id: 'runId',
		atOnce: 4,
		outlivesTeam: true,
		run: (scope, { runId }, signal) => followRun(scope, runId, signal)
	}),
	job('run.tell', { id: 'runId', atOnce: 1, bySystem: true, run: (scope, { runId }) => tellEnd(scope, runId) })
];

/** Gives every open run its job back, where it has none: its retries were used up, or a database was restored. */
export const requeueOpenRuns: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const open = await tx
			.select({ id: runs.id, status: runs.status })
			.from(runs)
			.where(notInArray(runs.status, ['draft', 'ready', 'failed', 'cancelled']));
		for (const run of open) {
			const name = runCan.submit(run) ? 'run.submit' : 'run.follow';
			if (!(await isQueued(tx, name, run.id))) await enqueue(tx, name, { runId: run.id });
		}
	});
