import { sql } from 'drizzle-orm';
import { PgBoss } from 'pg-boss';
import { ConfigError, config } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import type { Tx } from '../access/scope.ts';
import { keepWaking } from './due.ts';
import type { Payload, QueueName } from './queues.ts';

type Queue = { boss?: Promise<PgBoss>; stopWaking?: () => void };

// Vite runs this module again after an edit; the queue must not start again with it.
const queue = ((globalThis as { aitelierQueue?: Queue }).aitelierQueue ??= {});

/**
 * The started queue of this process, which works on it as a role of its own; whoever only sends, sends by `enqueue`.
 * The two intervals bring a killed worker's job back after its heartbeat, not after a minute (measured: 9.2 s, 60.6 s).
 */
export const startQueue = (): Promise<PgBoss> =>
	(queue.boss ??= (async () => {
		const { queueDatabaseUrl } = config();
		if (!queueDatabaseUrl) throw new ConfigError(['QUEUE_DATABASE_URL is missing: whoever works on jobs needs it.']);
		const boss = new PgBoss({
			connectionString: queueDatabaseUrl,
			application_name: 'aitelier-queue',
			schema: 'pgboss',
			migrate: false,
			createSchema: false,
			schedule: true,
			supervise: true,
			useListenNotify: true,
			monitorIntervalSeconds: 1,
			superviseIntervalSeconds: 1,
			// what a stately queue believes to be active is read from this cache; a minute old (the default), it would keep
			// a killed worker's job from running again for that minute (measured: 61 s, with 1 s: 14 s)
			queueCacheIntervalSeconds: 1,
			max: 2 // and one of its own that listens
		});
		boss.on('error', (problem) => log.warn('queue', { problem: problem.message }));
		await boss.start().catch((problem) => {
			delete queue.boss; // the next one who needs it tries again
			throw problem;
		});
		queue.stopWaking = keepWaking(boss);
		return boss;
	})());

/** Hands running jobs back or lets them end, at most for `timeoutMs`. */
export const stopQueue = async (timeoutMs = 8000) => {
	const boss = await queue.boss;
	queue.stopWaking?.();
	delete queue.stopWaking;
	delete queue.boss;
	await boss?.stop({ graceful: true, timeout: timeoutMs });
};

/** A job as the worker sees it: who wanted it, for which team, and the ids it needs. */
export type JobData<Name extends QueueName> = Payload<Name> & { teamId: string; userId: string | null };

/**
 * Puts a job into its queue in the same transaction as the change that wants it: both happen or neither. Its team and person are
 * those of the transaction. A job with the same key that already waits is enough. `after` delays it; `hasten`: one that waits for
 * later comes at once instead.
 */
export const enqueue = async <Name extends QueueName>(
	tx: Tx,
	name: Name,
	payload: Payload<Name>,
	{ after, hasten = false }: { after?: Date; hasten?: boolean } = {}
) => {
	// each payload names one row; that row is the key
	const [row] = Object.values(payload);
	await tx.execute(sql`select send_job(${name}, ${row}, ${after?.toISOString() ?? null})`);
	if (hasten) await tx.execute(sql`select hasten_job(${name}, ${row})`);
};
