import { inArray } from 'drizzle-orm';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { servings } from '../platform/db/schema.ts';
import { followServing } from './follow.ts';

export const servingJobs = [
	job('serving.follow', {
		id: 'servingId',
		atOnce: 4,
		outlivesTeam: true,
		run: (scope, { servingId }, signal) => followServing(scope, servingId, signal)
	})
];

/** Gives every serving that is alive its job back, where it has none. */
export const requeueOpenServings: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const alive = await tx
			.select({ id: servings.id })
			.from(servings)
			.where(inArray(servings.status, ['starting', 'ready', 'stopping']));
		for (const { id } of alive)
			if (!(await isQueued(tx, 'serving.follow', id))) await enqueue(tx, 'serving.follow', { servingId: id });
	});
