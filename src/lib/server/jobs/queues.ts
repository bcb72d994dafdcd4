import type { Queue } from 'pg-boss';

/**
 * Every job of a team and the one id its payload holds: `runId` in those that begin with `run.`, which `send_job` leans on. What it does stands with its feature, in jobs.ts.
 */
const idsOf = {
	'run.submit': 'runId',
	'run.follow': 'runId',
	'run.settle': 'runId',
	'run.hash': 'runId',
	'run.tell': 'runId',
	'evaluation.generate': 'evaluationId',
	'evaluation.tell': 'evaluationId',
	'judging.ask': 'judgingId',
	'serving.follow': 'servingId',
	'delivery.send': 'deliveryId',
	'webhook.mail': 'webhookId',
	'key.warn': 'keyId',
	'project.compare': 'projectId',
	'project.comparePrompts': 'projectId',
	'connection.look': 'connectionId',
	'notice.mail': 'noticeId'
} as const;

export type QueueName = keyof typeof idsOf;
export const queueNames = Object.keys(idsOf) as QueueName[];
/** Ids, never texts or keys. `teamId` and `userId` are added by the database. */
export type Payload<Name extends QueueName> = Record<(typeof idsOf)[Name], string>;

/** The one job without a team: it asks which teams have something open and puts what was lost back into its queue. */
export const sweep = 'sweep';

/**
 * `stately`: at most one waiting and one active job per key, so that a second click or the sweep adds nothing.
 * A killed worker's job runs again after 12 to 14 s: 10 s is the least heartbeat pg-boss accepts (README.md).
 * Retries go on for about a quarter of an hour, longer than most outages; after that the sweep begins anew.
 */
const forTeams: Omit<Queue, 'name'> = {
	policy: 'stately',
	notify: true,
	heartbeatSeconds: 10,
	expireInSeconds: 6 * 3600,
	retryLimit: 10,
	retryDelay: 1,
	retryBackoff: true,
	retryDelayMax: 300,
	// a run that is followed leaves a finished job every few seconds
	deleteAfterSeconds: 3600
};

/** Every queue with its settings. Made at migration time (db/migrate.ts), worked on by worker.ts. */
export const queues: Record<string, Omit<Queue, 'name'>> = {
	...Object.fromEntries(queueNames.map((name) => [name, forTeams])),
	[sweep]: { policy: 'stately', notify: true, heartbeatSeconds: 10, retryLimit: 0, deleteAfterSeconds: 3600 }
};

/**
 * NOTIFY wakes a worker for what is due, when it is committed or when it becomes so (due.ts). Where nothing is heard each worker looks for itself, and
 * now and then in any case.
 */
export const polling = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 };
