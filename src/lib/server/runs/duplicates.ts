import { and, eq } from 'drizzle-orm';
import { record } from '../events/record.ts';
import { runEvents } from '../platform/db/schema.ts';
import { orNull } from '../providers/call.ts';
import { providers } from '../providers/registry.ts';
import type { Access } from '../providers/provider.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { noteEvent } from './change.ts';
import type { Run } from './rows.ts';

type Place = { scope: Scope; run: Run; access: Access };

const sentence = (jobId: string) => `The provider had the order twice; ${jobId} was cancelled.`;

const isNoted = async (tx: Tx, run: Run, jobId: string) =>
	(await tx.$count(
		runEvents,
		and(eq(runEvents.runId, run.id), eq(runEvents.kind, 'aitelier.duplicate'), eq(runEvents.message, sentence(jobId)))
	)) > 0;

/** Those that were not cancelled as one order too many: lists go on to name what was. */
export const withoutDuplicates = (scope: Scope, run: Run, jobs: readonly { jobId: string }[]) =>
	scope.tx(async (tx) => {
		const left = [];
		for (const job of jobs) if (!(await isNoted(tx, run, job.jobId))) left.push(job);
		return left;
	});

/** One order too many: it is cancelled at once, and said once. Throws while it may still train. */
export const cancelDuplicate = async ({ scope, run, access }: Place, jobId: string) => {
	await orNull(providers[access.provider].cancel(access, jobId));
	await scope.tx(async (tx) => {
		if (await isNoted(tx, run, jobId)) return;
		await noteEvent(tx, run, { level: 'warning', kind: 'duplicate', message: sentence(jobId) });
		await record(tx, scope, {
			event: 'run.duplicate_cancelled',
			subject: run.id,
			projectId: run.projectId,
			details: { version: run.version, jobId }
		});
	});
};

/** Every job but the one that stays. Throws when one of them may still train, but only after all were tried. */
export const cancelOthers = async (place: Place, jobs: readonly { jobId: string }[], kept: string) => {
	const others = jobs.filter(({ jobId }) => jobId !== kept);
	const left = await withoutDuplicates(place.scope, place.run, others);
	const done = await Promise.allSettled(left.map(({ jobId }) => cancelDuplicate(place, jobId)));
	const failure = done.find((each) => each.status === 'rejected');
	if (failure) throw failure.reason;
};

/** A step: whether this run was ordered a second time, so that its first order may still turn up. */
export const wasOrderedAgain = async (tx: Tx, run: Run) =>
	(await tx.$count(runEvents, and(eq(runEvents.runId, run.id), eq(runEvents.kind, 'aitelier.again')))) > 0;
