import { sql } from 'drizzle-orm';
import type { Tx } from '../access/scope.ts';
import type { QueueName } from './queues.ts';

/**
 * A step: whether a job for this row waits, runs or will be tried again. The sweep asks it first: a second job for a row
 * that is being worked on would stand at the head of the queue and hold up the others behind it.
 */
export const isQueued = async (tx: Tx, name: QueueName, id: string): Promise<boolean> => {
	const [row] = await tx.execute<{ queued: boolean }>(sql`select is_queued(${name}, ${id}) as queued`);
	return row!.queued;
};
