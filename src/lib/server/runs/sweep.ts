import { notInArray } from 'drizzle-orm';
import { authorize } from '../../core/permissions.ts';
import { runCan } from '../../core/runs/status.ts';
import { runs } from '../platform/db/schema.ts';
import { isQueued } from '../jobs/is-queued.ts';
import { enqueue } from '../jobs/queue.ts';
import type { Scope } from '../access/scope.ts';

/** Gives every open run its job back, where it has none: its retries were used up, or a database was restored. */
export const requeueOpenRuns = (scope: Scope): Promise<void> => {
	authorize(scope, 'runs:start');
	return scope.tx(async (tx) => {
		const open = await tx
			.select({ id: runs.id, status: runs.status })
			.from(runs)
			.where(notInArray(runs.status, ['draft', 'ready', 'failed', 'cancelled']));
		for (const run of open) {
			const name = runCan.submit(run) ? 'run.submit' : 'run.follow';
			if (!(await isQueued(tx, name, run.id))) await enqueue(tx, scope, name, { runId: run.id });
		}
	});
};
