import type { PgBoss } from 'pg-boss';
import { log } from '../platform/log.ts';

/** What was delayed, or lost with a killed worker, becomes due without a NOTIFY. */
const lookEveryMs = 1_000;

/** The channel is that of pg-boss, for its schema; the index of each queue's waiting jobs answers. */
const wakeText = `
	select pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), q.name) from pgboss.queue q
	where q.notify and exists (
		select from pgboss.job j where j.name = q.name and j.state < 'active' and not j.blocked and j.start_after <= now()
	)`;

/** Wakes whoever works on a queue that has something due: one question for all, where each of thirty workers would ask one of its own. */
export const wakeForDue = async (boss: PgBoss): Promise<void> => {
	await boss.getDb().executeSql(wakeText);
};

/** The same every second. Returns the way to stop. */
export const keepWaking = (boss: PgBoss): (() => void) => {
	let isOver = false;
	let timer: NodeJS.Timeout | undefined;
	const look = async () => {
		await wakeForDue(boss).catch((problem) => isOver || log.warn('queue', { problem: String(problem) }));
		if (!isOver) timer = setTimeout(look, lookEveryMs).unref();
	};
	void look();
	return () => {
		isOver = true;
		clearTimeout(timer);
	};
};
