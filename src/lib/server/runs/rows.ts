import { eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { Id } from '../../core/id.ts';
import { type RunStatus, isOver } from '../../core/runs/status.ts';
import { connections, runEvents, runs } from '../platform/db/schema.ts';
import { type Project, projectOf } from '../project/projects.ts';
import type { ProviderId } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import { isUnreadable } from '../providers/unreadable.ts';
import { announce } from '../events/legacy.ts';
import type { Tx } from '../access/scope.ts';

export type Run = typeof runs.$inferSelect;

const RunId = Id('The run');

/** A step: the run with this id, if it is still there. `lock` makes other changes of it wait. */
export const findRun = async (tx: Tx, runId: string, { lock = false } = {}): Promise<Run | undefined> => {
	if (!v.is(RunId, runId)) return undefined; // an address that somebody typed
	const query = tx.select().from(runs).where(eq(runs.id, runId));
	return (await (lock ? query.for('update') : query))[0];
};

/** A step: the same, and *not found* when it is not. */
export const runById = async (tx: Tx, runId: string, options: { lock?: boolean } = {}): Promise<Run> => {
	const run = await findRun(tx, runId, options);
	if (!run) throw new AppError('not_found', 'There is no such run, or it is not yours to see.');
	return run;
};

/** A step: the run and its project, as an address names them. A run of another project is *not found*. */
export const runOf = async (
	tx: Tx,
	slug: string,
	runId: string,
	options: { lock?: boolean } = {}
): Promise<{ project: Project; run: Run }> => {
	const project = await projectOf(tx, slug);
	const run = await runById(tx, runId, options);
	if (run.projectId !== project.id) throw new AppError('not_found', 'There is no such run, or it is not yours to see.');
	return { project, run };
};

type Note = { level?: 'info' | 'warning' | 'error'; kind: string; message: string };

/** A step: a line of our own in the run's log, next to the provider's. */
export const noteEvent = (tx: Tx, run: Pick<Run, 'id' | 'projectId'>, { level = 'info', kind, message }: Note) =>
	tx
		.insert(runEvents)
		.values({
			projectId: run.projectId,
			runId: run.id,
			at: sql`clock_timestamp()`,
			level,
			kind: `aitelier.${kind}`,
			message
		})
		.onConflictDoNothing();

/** A step: writes columns of a run and tells its pages. An end gets its time. */
export const changeRun = async (
	tx: Tx,
	run: Pick<Run, 'id' | 'projectId'>,
	change: Partial<Omit<Run, 'id' | 'teamId'>>
) => {
	const over = change.status && isOver({ status: change.status });
	await tx
		.update(runs)
		.set({ ...change, ...(over && !change.finishedAt && { finishedAt: new Date() }) })
		.where(eq(runs.id, run.id));
	await announce(tx, `run:${run.id}`, run.projectId);
	if (change.status) await announce(tx, `project:${run.projectId}`, run.projectId);
};

/** A step: ends a run with the sentence that the person will read. An end is final: a second one changes nothing. */
export const endRun = async (
	tx: Tx,
	run: Pick<Run, 'id' | 'projectId'>,
	status: Extract<RunStatus, 'failed' | 'cancelled'>,
	problem: string | null
) => {
	if (isOver(await runById(tx, run.id, { lock: true }))) return;
	await changeRun(tx, run, { status, problem });
	await noteEvent(tx, run, {
		level: status === 'failed' ? 'error' : 'info',
		kind: status,
		message: problem ?? 'Cancelled before anything was ordered. Nothing is billed.'
	});
};

/** A provider may ask us to wait; longer than this would look like a standstill. */
export const longestWaitMs = 15 * 60_000;

/**
 * Has what went wrong at a provider written down where people read it; an address that we may not call is such a problem
 * too. Anything else is a bug and is thrown, also when an answer brought it about, which is said before that.
 */
export const tellProblem = async (problem: unknown, record: (known: ProviderError) => Promise<void>): Promise<void> => {
	if (problem instanceof ProviderError) return record(problem);
	if (problem instanceof AppError) return record(new ProviderError('refused', problem.message));
	if (isUnreadable(problem)) {
		const known = new ProviderError('down', 'The provider answered in a way that can not be read.');
		await record(known).catch(() => {}); // to the log goes what broke, not that it is tried again
	}
	throw problem;
};

/** A step: where a connection leads. */
export const providerOf = async (tx: Tx, connectionId: string): Promise<ProviderId> => {
	const [row] = await tx
		.select({ provider: connections.provider })
		.from(connections)
		.where(eq(connections.id, connectionId));
	return row!.provider;
};

/** A step: what a failed call has taught us about its connection, shown in the team's settings. */
export const markFrom = async (tx: Tx, connectionId: string, { kind, message, keyIsGood }: ProviderError) => {
	if ((kind !== 'key' && kind !== 'closed') || keyIsGood) return;
	await tx
		.update(connections)
		.set({
			...(kind === 'key' ? { status: 'refused' } : { training: 'closed' }),
			problem: message,
			checkedAt: new Date()
		})
		.where(eq(connections.id, connectionId));
};
