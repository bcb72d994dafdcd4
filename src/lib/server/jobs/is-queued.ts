import { sql } from 'drizzle-orm';
import type { Tx } from '../access/scope.ts';
import type { QueueName } from './queues.ts';

/**
 * A step: whether a job for this row waits, runs or will be tried again. The sweep asks it first: a second job for a row
 * that is being worked on would stand at the head of the queue and hold up the others behind it.
 */
export const isQueued = async (tx: Tx, name: QueueName, id: string): Promise<boolean> => {
	const rows = await tx.execute(
		sql`select 1 from pgboss.job where name = ${name} and singleton_key = ${id} and state < 'completed' limit 1`
	);
	return rows.length > 0;
};
