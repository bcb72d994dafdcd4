import { and, eq, exists, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { isQueued } from '../jobs/is-queued.ts';
import { type Requeue, job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { connections, runs } from '../platform/db/schema.ts';
import { AppError } from '../../core/errors.ts';
import type { Scope } from '../access/scope.ts';
import { ProviderError } from '../providers/errors.ts';
import { lookAt } from './strays.ts';

/** A provider that does not answer is looked at again with the next round, not at once. */
const look = async (scope: Scope, connectionId: string, signal: AbortSignal) => {
	try {
		await lookAt(scope, connectionId, signal);
	} catch (problem) {
		signal.throwIfAborted();
		if (!(problem instanceof ProviderError || problem instanceof AppError)) throw problem;
		await scope.tx((tx) =>
			tx.update(connections).set({ straysAt: new Date() }).where(eq(connections.id, connectionId))
		);
	}
};

export const connectionJobs = [
	job('connection.look', {
		id: 'connectionId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { connectionId }, signal) => look(scope, connectionId, signal)
	})
];

/** Has every connection looked at once an hour through which something was trained that is deployed to answer. */
export const lookForStraysAgain: Requeue = (scope) =>
	scope.tx(async (tx) => {
		const trained = tx
			.select({ one: sql`1` })
			.from(runs)
			.where(and(eq(runs.connectionId, connections.id), isNotNull(runs.modelObject)));
		const due = await tx
			.select({ id: connections.id })
			.from(connections)
			.where(
				and(
					ne(connections.status, 'refused'),
					or(isNull(connections.straysAt), lt(connections.straysAt, sql`now() - interval '1 hour'`)),
					exists(trained)
				)
			);
		for (const { id } of due)
			if (!(await isQueued(tx, 'connection.look', id))) await enqueue(tx, 'connection.look', { connectionId: id });
	});
