import { isNotNull, notInArray, or, sql } from 'drizzle-orm';
import { isOver, runCan } from '../../core/runs/status.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { runs } from '../platform/db/schema.ts';
import { followRun } from './follow.ts';
import { tellEnd } from './mail.ts';
import { hashRun, isUnhashed } from './prompts.ts';
import { settleRun } from './settle.ts';
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
	job('run.settle', {
		id: 'runId',
		atOnce: 1,
		outlivesTeam: true,
		run: (scope, { runId }, signal) => settleRun(scope, runId, signal)
	}),
	job('run.hash', { id: 'runId', atOnce: 1, run: (scope, { runId }, signal) => hashRun(scope, runId, signal) }),
	job('run.tell', { id: 'runId', atOnce: 1, bySystem: true, run: (scope, { runId }) => tellEnd(scope, runId) })
];

/** Gives every open run its job back, where it has none: its retries were used up, or a database was restored. */
export const requeueOpenRuns: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const open = await tx
			.select({
				id: runs.id,
				status: runs.status,
				settling: runs.settling,
				preparing: sql<boolean>`${isNotNull(runs.preparing)}`,
				unhashed: sql<boolean>`${isUnhashed}`
			})
			.from(runs)
			.where(
				or(
					notInArray(runs.status, ['draft', 'ready', 'failed', 'cancelled']),
					isNotNull(runs.preparing),
					runs.settling,
					isUnhashed
				)
			);
		const again = async (name: 'run.submit' | 'run.follow' | 'run.settle' | 'run.hash', runId: string) => {
			if (!(await isQueued(tx, name, runId))) await enqueue(tx, name, { runId });
		};
		for (const run of open) {
			if (run.unhashed) await again('run.hash', run.id);
			if (run.settling) await again('run.settle', run.id);
			if (runCan.submit(run) || run.preparing) await again('run.submit', run.id);
			else if (!isOver(run)) await again('run.follow', run.id);
		}
	});
