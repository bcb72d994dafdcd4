import type { JobWithMetadata, PgBoss } from 'pg-boss';
import * as v from 'valibot';
import { plainPool } from '../platform/db/pools.ts';
import { generateOutputs } from '../evaluations/generate.ts';
import { requeueGenerations } from '../evaluations/retry.ts';
import { purgeRateLimits } from '../access/limits.ts';
import { purgeSessions } from '../access/sessions.ts';
import { purgeSignIns } from '../access/sign-in.ts';
import { log } from '../platform/log.ts';
import { ProviderError } from '../providers/errors.ts';
import { followRun } from '../runs/follow.ts';
import { requeueOpenRuns } from '../runs/sweep.ts';
import { submitRun } from '../runs/submit.ts';
import { type Scope, scopeFor } from '../access/scope.ts';
import { followServing, requeueOpenServings } from '../servings/follow.ts';
import { type JobData, startQueue } from './queue.ts';
import { type Payload, type QueueName, payloads, polling, sweep } from './queues.ts';

/**
 * Payload → scope → use case. A handler may run twice, and twice at once: each one looks at what is already done.
 * `signal` ends when this process must stop or has lost the job.
 */
const handlers: { [Name in QueueName]: (scope: Scope, payload: Payload<Name>, signal: AbortSignal) => Promise<void> } =
	{
		'run.submit': (scope, { runId }, signal) => submitRun(scope, runId, signal),
		'run.follow': (scope, { runId }, signal) => followRun(scope, runId, signal),
		'evaluation.generate': (scope, { evaluationId }, signal) => generateOutputs(scope, evaluationId, signal),
		'serving.follow': (scope, { servingId }, signal) => followServing(scope, servingId, signal)
	};

/** How many jobs of a queue one process works on at once. Following is a short look; generating is long. */
const atOnce: Record<QueueName, number> = {
	'run.submit': 2,
	'run.follow': 4,
	'evaluation.generate': 2,
	'serving.follow': 4
};

/** The system itself acts: whoever wanted the job had the right to, when it was queued. */
const systemScope = (teamId: string, userId: string | null) =>
	scopeFor({ teamId, userId, role: 'owner', projectIds: 'all' });

const work = async <Name extends QueueName>(name: Name, job: JobWithMetadata<JobData<Name>>) => {
	const startedAt = performance.now();
	const { teamId, userId } = job.data;
	try {
		const payload = v.parse(payloads[name], job.data) as Payload<Name>;
		await handlers[name](systemScope(teamId, userId), payload, job.signal);
		log.debug('job', { name, id: job.id, team: teamId, ms: Math.round(performance.now() - startedAt) });
	} catch (problem) {
		const fields = { job: name, id: job.id, team: teamId, attempt: job.retryCount + 1 };
		// a provider that is away is no bug of ours; a job that was handed back at shutdown is none either
		if (problem instanceof ProviderError) {
			log.warn('provider', { ...fields, kind: problem.kind, problem: problem.message });
			throw problem;
		}
		if (job.signal.aborted) {
			log.info('handed back', fields);
			throw problem;
		}
		// pg-boss keeps what is thrown, and an error of the database carries the texts it happened to
		throw new Error(`The log knows it as ${log.bug(problem, fields).id}`);
	}
};

/**
 * Puts back what fell out of its queue: a run, serving or generation that is open but has no job, because its retries were used up or
 * a database was restored. Where a job waits or runs, nothing is added.
 */
const sweepAll = async () => {
	await Promise.all([purgeSessions(), purgeSignIns(), purgeRateLimits(), plainPool()`select purge_outbox()`]);
	const teams = await plainPool()`select teams_with_open_work() as id`;
	// one team's trouble is not the others'
	const bug = (team: string) => (problem: unknown) => void log.bug(problem, { job: sweep, team });
	for (const { id } of teams) {
		for (const requeue of [requeueOpenRuns, requeueOpenServings, requeueGenerations]) {
			await requeue(systemScope(id, null)).catch(bug(id));
		}
	}
};

/** Starts working on every queue in this process. */
export const startWorker = async (): Promise<PgBoss> => {
	const boss = await startQueue({ working: true });
	for (const name of Object.keys(payloads) as QueueName[]) {
		await boss.work(
			name,
			{ ...polling, includeMetadata: true as const, localConcurrency: atOnce[name] },
			async ([job]) => work(name, job as JobWithMetadata<JobData<typeof name>>)
		);
	}
	await boss.work(sweep, polling, sweepAll);
	await boss.schedule(sweep, '* * * * *');
	return boss;
};
