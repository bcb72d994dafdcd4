import { withAdvice } from '../../core/runs/failure.ts';
import { standstill } from '../../core/runs/standstill.ts';
import { afterReport, isOver } from '../../core/runs/status.ts';
import { noteSpending } from '../budget/rows.ts';
import { runEvents, runPoints } from '../platform/db/schema.ts';
import type { JobReport, TrainingEvent, TrainingPoint } from '../providers/provider.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { changeRun, noteEvent, tellProgress } from './change.ts';
import { plain, readableEvents, readablePoints, whole } from './readable.ts';
import type { Run } from './rows.ts';

/** A single statement takes 65 535 parameters; a report of a long job has thousands of lines. */
const atOnce = 1_000;

const stoppedByProvider =
	'The provider cancelled this job on its own. Most often the balance of the account is too low: check it there, then train again.';
const noReason = 'The provider ended the job without a reason. Train again, or ask the provider about the job.';

/** What a report says about the columns of a run; the status only moves forward (PR9 in providers/README.md). */
const columnsFrom = (run: Run, report: JobReport) => {
	const status = afterReport(run, report);
	const byItself = status === 'cancelled' && !run.cancelRequestedAt;
	// named once: what a run is called by does not change under an evaluation. Another job brings names of its own.
	const named = (known: string | null, reported: string | null) =>
		report.jobId === run.jobId ? (known ?? reported) : (reported ?? known);
	const stepsTotal = whole(report.stepsTotal) ?? run.stepsTotal;
	const stepsDone =
		report.jobId === run.jobId ? latest(run.stepsDone, whole(report.stepsDone)) : whole(report.stepsDone);
	const steps = [...report.points, ...report.events.filter(({ step }) => step)].map(({ at }) => at);
	const stands = standstill({ status, startedAt: run.startedAt, stepsDone, stepsTotal, steps }, new Date());
	return {
		status,
		jobId: report.jobId,
		providerStatus: plain(report.providerStatus),
		model: named(run.model, plain(report.model)),
		modelObject: named(run.modelObject, plain(report.modelObject)),
		costCents: whole(report.costCents) ?? run.costCents,
		stepsDone,
		stepsTotal,
		startedAt:
			run.startedAt ?? (status === 'training' || status === 'finishing' || status === 'ready' ? new Date() : null),
		problem: status === 'failed' ? withAdvice(plain(report.problem) ?? noReason) : byItself ? stoppedByProvider : stands
	};
};

/** Reports can overtake one another; steps of one job only grow. */
const latest = (known: number | null, reported: number | null) =>
	known === null || reported === null ? (reported ?? known) : Math.max(known, reported);

const changesOf = (run: Run, wanted: ReturnType<typeof columnsFrom>) =>
	Object.fromEntries(
		Object.entries(wanted).filter(([name, value]) => {
			const known = run[name as keyof Run];
			return known instanceof Date && value instanceof Date ? false : known !== value;
		})
	) as Partial<typeof wanted>;

/**
 * A step: writes down what the provider says of a run that the caller has locked. Known events and points are not written
 * again, and pages hear of it only when something is new. Returns the run as it is now.
 */
export const recordReport = async (tx: Tx, scope: Scope, run: Run, report: JobReport): Promise<Run> => {
	if (isOver(run)) return run;
	const changes = changesOf(run, columnsFrom(run, report));
	const events = await addEvents(tx, run, readableEvents(report.events));
	const points = await addPoints(tx, run, readablePoints(report.points));
	if (changes.jobId) {
		await noteEvent(tx, run, {
			level: 'warning',
			kind: 'restarted',
			message: `The provider goes on with the job as ${changes.jobId}.`
		});
	}
	if (Object.keys(changes).length > 0) await changeRun(tx, scope, run, changes);
	else if (events + points > 0) await tellProgress(tx, run);
	if (changes.costCents) await noteSpending(tx, run.projectId);
	return { ...run, ...changes };
};

const addEvents = async (tx: Tx, run: Run, events: TrainingEvent[]) => {
	let added = 0;
	for (let i = 0; i < events.length; i += atOnce) {
		const rows = events.slice(i, i + atOnce).map(({ at, level, kind, message, step }) => ({
			projectId: run.projectId,
			runId: run.id,
			at,
			level,
			kind,
			message,
			step: step ?? null
		}));
		added += (await tx.insert(runEvents).values(rows).onConflictDoNothing().returning({ id: runEvents.id })).length;
	}
	return added;
};

const addPoints = async (tx: Tx, run: Run, points: TrainingPoint[]) => {
	let added = 0;
	for (let i = 0; i < points.length; i += atOnce) {
		const rows = points.slice(i, i + atOnce).map((point) => ({ projectId: run.projectId, runId: run.id, ...point }));
		added += (await tx.insert(runPoints).values(rows).onConflictDoNothing().returning({ id: runPoints.id })).length;
	}
	return added;
};
