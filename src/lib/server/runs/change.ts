import { eq, sql } from 'drizzle-orm';
import type { Happening } from '../../contract/events.ts';
import { type RunStatus, isOver } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record, theProduct } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { runEvents, runs } from '../platform/db/schema.ts';
import { type Run, runById } from './rows.ts';

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

/** What the end of a run is called; nobody here has cancelled what the provider ends by itself. */
const happening = (run: Run, status: RunStatus | null): Happening => {
	const { version } = run;
	const about = { subject: run.id, projectId: run.projectId };
	if (status === 'ready') return { event: 'run.finished', ...about, details: { version } };
	const hasFailed = status === 'failed' || (status === 'cancelled' && !run.cancelRequestedAt);
	if (hasFailed) return { event: 'run.failed', ...about, details: { version, status } };
	return { event: 'run.progressed', ...about, details: { version, status } };
};

/** A step: tells the pages of a run that there is something new, and everybody of a new station. */
export const tellProgress = async (tx: Tx, run: Run, status: RunStatus | null = null) => {
	const what = happening(run, status);
	await record(tx, theProduct, what);
	// an end that nobody here has brought about comes when nobody looks
	if (what.event !== 'run.progressed') await enqueue(tx, 'run.tell', { runId: run.id });
};

/** A step: writes columns of a run and tells its pages. An end gets its time. */
export const changeRun = async (tx: Tx, scope: Scope, run: Run, change: Partial<Omit<Run, 'id' | 'teamId'>>) => {
	const over = change.status && isOver({ status: change.status });
	await tx
		.update(runs)
		.set({ ...change, ...(over && !change.finishedAt && { finishedAt: new Date() }) })
		.where(eq(runs.id, run.id));
	await tellProgress(tx, run, change.status);
	// more than the trigger could mark, or free, while others wait for it
	const [now] = await tx.select({ settling: runs.settling }).from(runs).where(eq(runs.id, run.id));
	if (now?.settling) await enqueue(tx, 'run.settle', { runId: run.id });
};

/** A step: ends a run with the sentence that the person will read. An end is final: a second one changes nothing. */
export const endRun = async (
	tx: Tx,
	scope: Scope,
	{ id }: Pick<Run, 'id'>,
	status: Extract<RunStatus, 'failed' | 'cancelled'>,
	problem: string | null
) => {
	const run = await runById(tx, id, { lock: true });
	if (isOver(run)) return;
	const soFar = run.preparing && {
		...{ trainCount: run.preparing.taken.train, validationCount: run.preparing.taken.validation },
		tokens: run.preparing.tokens
	};
	await changeRun(tx, scope, run, { status, problem, ...soFar });
	await noteEvent(tx, run, {
		level: status === 'failed' ? 'error' : 'info',
		kind: status,
		message: problem ?? 'Cancelled before anything was ordered. Nothing is billed.'
	});
};
