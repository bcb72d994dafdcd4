import { sql } from 'drizzle-orm';
import { PgBoss, fromDrizzle } from 'pg-boss';
import { config } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import type { Scope, Tx } from '../access/scope.ts';
import type { Payload, QueueName } from './queues.ts';

type Queue = { boss?: Promise<PgBoss> };

// Vite runs this module again after an edit; the queue must not start again with it.
const queue = ((globalThis as { aitelierQueue?: Queue }).aitelierQueue ??= {});

/**
 * The started queue of this process. `working: false` only sends: no supervision, no listener.
 * The two intervals bring a killed worker's job back after its heartbeat, not after a minute (measured: 9.2 s, 60.6 s).
 */
export const startQueue = ({ working }: { working: boolean }): Promise<PgBoss> =>
	(queue.boss ??= (async () => {
		const boss = new PgBoss({
			connectionString: config().appDatabaseUrl,
			application_name: 'aitelier-queue',
			schema: 'pgboss',
			migrate: false,
			createSchema: false,
			schedule: working,
			supervise: working,
			useListenNotify: working,
			monitorIntervalSeconds: 1,
			superviseIntervalSeconds: 1,
			// what a stately queue believes to be active is read from this cache; a minute old (the default), it would keep
			// a killed worker's job from running again for that minute (measured: 61 s, with 1 s: 14 s)
			queueCacheIntervalSeconds: working ? 1 : 60,
			max: working ? 6 : 2
		});
		boss.on('error', (problem) => log.warn('queue', { problem: problem.message }));
		await boss.start().catch((problem) => {
			delete queue.boss; // the next one who needs it tries again
			throw problem;
		});
		return boss;
	})());

/** Hands running jobs back or lets them end, at most for `timeoutMs`. */
export const stopQueue = async (timeoutMs = 8000) => {
	const boss = await queue.boss;
	delete queue.boss;
	await boss?.stop({ graceful: true, timeout: timeoutMs });
};

/** A job as the worker sees it: who wanted it, for which team, and the ids it needs. */
export type JobData<Name extends QueueName> = Payload<Name> & { teamId: string; userId: string | null };

/**
 * Puts a job into its queue in the same transaction as the change that wants it: both happen or neither.
 * A job with the same key that already waits is enough. `after` delays it.
 */
export const enqueue = async <Name extends QueueName>(
	tx: Tx,
	scope: Pick<Scope, 'teamId' | 'userId'>,
	name: Name,
	payload: Payload<Name>,
	{ after }: { after?: Date } = {}
) => {
	const boss = await startQueue({ working: false });
	await boss.send(
		name,
		{ ...payload, teamId: scope.teamId, userId: scope.userId },
		{
			db: fromDrizzle(tx, sql),
			// each payload names one row; that row is the key
			singletonKey: Object.values(payload)[0] as string,
			...(after && { startAfter: after })
		}
	);
};
