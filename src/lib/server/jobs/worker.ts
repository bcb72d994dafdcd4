import type { JobWithMetadata, PgBoss } from 'pg-boss';
import * as v from 'valibot';
import { withTimeouts, scopeFor } from '../access/scope.ts';
import { budgetJobs } from '../budget/jobs.ts';
import { exampleJobs, markUnmarked, signUnsigned } from '../examples/jobs.ts';
import {
	countUncounted,
	evaluationJobs,
	removeOldTexts,
	requeueGenerations,
	requeueJudgings
} from '../evaluations/jobs.ts';
import { linkUnlinked } from '../events/jobs.ts';
import { connectionJobs, lookForStraysAgain } from '../connections/jobs.ts';
import { announceEnds, keyJobs } from '../keys/jobs.ts';
import { config } from '../platform/config.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { purgeAll } from '../platform/purge.ts';
import { promptJobs } from '../prompts/jobs.ts';
import { ProviderError } from '../providers/errors.ts';
import { requeueOpenRuns, runJobs } from '../runs/jobs.ts';
import { requeueOpenServings, servingJobs } from '../servings/jobs.ts';
import { requeueDeliveries, webhookJobs } from '../webhooks/jobs.ts';
import type { Job, Requeue } from './job.ts';
import { type JobData, startQueue } from './queue.ts';
import { type QueueName, polling, sweep } from './queues.ts';

/** Every job of every feature. A test holds the list against the queues. */
export const jobs: Job[] = [
	...connectionJobs,
	...keyJobs,
	...budgetJobs,
	...exampleJobs,
	...promptJobs,
	...runJobs,
	...servingJobs,
	...evaluationJobs,
	...webhookJobs
];

/** Gives what is open its job back, feature by feature, counts what no job counts, links what no relay has linked, announces the ends of keys, and looks for models that nobody here knows of. */
const requeues: Requeue[] = [
	requeueOpenRuns,
	requeueOpenServings,
	lookForStraysAgain,
	requeueGenerations,
	requeueJudgings,
	countUncounted,
	linkUnlinked,
	requeueDeliveries,
	announceEnds
];

/** The system itself acts: whoever wanted the job had the right to, when it was queued. */
const systemScope = (teamId: string, userId: string | null) =>
	withTimeouts(scopeFor({ teamId, userId, role: 'owner', projectIds: 'all' }), 'long');

/** What the queue holds of a team that was deleted is not done; where the team comes back, the sweep asks for it again. */
const isDeleted = async (teamId: string): Promise<boolean> =>
	(await plainPool()`select is_team_deleted(${teamId}) as answer`)[0]!.answer;

/** Payload → scope → what the job does. */
const work = async ({ name, payload, run, bySystem, outlivesTeam }: Job, job: JobWithMetadata<JobData<QueueName>>) => {
	const startedAt = performance.now();
	const { teamId, userId } = job.data;
	try {
		if (!outlivesTeam && (await isDeleted(teamId))) return;
		await run(systemScope(teamId, bySystem ? null : userId), v.parse(payload, job.data) as never, job.signal);
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
 * a database was restored, results that were never counted, audit entries without a place, and what was not sent to a webhook; and
 * announces which keys end soon. Where a job waits or runs, nothing is added. Only then is removed what is over, and examples are marked for the
 * checklist and signed for the search, which takes minutes where there are many: paid deployments do not wait for that.
 */
export const sweepAll = async () => {
	const teams = await plainPool().begin((sql) => sql`select teams_with_open_work() as id`, 'long');
	// one team's trouble is not the others'
	const bug = (team: string) => (problem: unknown) => void log.bug(problem, { job: sweep, team });
	const ask = async (these: readonly Requeue[]) => {
		for (const { id } of teams) for (const one of these) await one(systemScope(id, null)).catch(bug(id));
	};
	await ask(requeues);
	await purgeAll();
	const days = config().keepDays.answers;
	if (days !== undefined) {
		const old = await plainPool().begin((sql) => sql`select teams_with_old_answers(${days}::int) as id`, 'long');
		for (const { id } of old) {
			const rows = await removeOldTexts(systemScope(id, null), days).catch(bug(id));
			if (rows) log.info('purged', { what: 'answers', team: id, rows });
		}
	}
	await ask([markUnmarked, signUnsigned]);
};

/** Starts working on every queue in this process. */
export const startWorker = async (): Promise<PgBoss> => {
	const boss = await startQueue();
	for (const kind of jobs) {
		await boss.work(
			kind.name,
			{ ...polling, includeMetadata: true as const, localConcurrency: kind.atOnce },
			async ([job]) => work(kind, job as JobWithMetadata<JobData<QueueName>>)
		);
	}
	await boss.work(sweep, polling, sweepAll);
	await boss.schedule(sweep, '* * * * *');
	return boss;
};
