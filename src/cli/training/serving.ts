import { setTimeout as wait } from 'node:timers/promises';
import { formatCents } from '../../lib/core/runs/cost.ts';
import { runCan } from '../../lib/core/runs/status.ts';
import { centsSoFar, startMinutes } from '../../lib/core/servings/serving.ts';
import { Failure } from '../exit-codes.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { versionOf } from '../files/runs.ts';
import type { Connected } from '../providers.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { findRun, pauseMs } from './follow.ts';
import { note, stageOf } from './order.ts';

/** The run whose model is meant: the newest that is ready without a number. Throws a failure where it has no model. */
export const readyRun = (project: Project, version?: number): LocalRun => {
	const ready = project.config.runs.findLast((run) => runCan.evaluate({ status: stageOf(run) }));
	if (version === undefined && !ready) throw new Failure('No model is ready yet.', 'ait status, or ait train');
	const run = version === undefined ? ready! : findRun(project, version);
	if (!runCan.evaluate({ status: stageOf(run) }))
		throw new Failure(
			`v${versionOf(project, run)} is ${stageOf(run)}, so it has no model.`,
			`ait status v${versionOf(project, run)} --watch`
		);
	return run;
};

/** What a deployment of this run's model costs an hour; null where that is not told. Throws a failure where it cannot run. */
export const priceOf = async (run: LocalRun, { provider, access }: Connected): Promise<number | null> => {
	if (!run.modelObject)
		throw new Failure(
			'The provider gave this model no number to deploy it by.',
			'ait status, then ait serve again',
			'provider'
		);
	const { ok, centsPerHour, reason } = await provider.deployable(access, { modelObject: run.modelObject });
	if (!ok) throw new Failure(reason ?? 'The provider cannot deploy this model.', 'another base model', 'provider');
	return centsPerHour;
};

/** Deploys and waits until it answers. What was begun is written down first, so that `ait stop` finds it whatever happens. */
export const startServing = async (
	project: Project,
	run: LocalRun,
	{ provider, access }: Connected,
	{ io, say, centsPerHour }: { io: Io; say: Say; centsPerHour: number | null }
): Promise<void> => {
	const mark =
		(run.servingMark as string | undefined) ??
		`ait-v${versionOf(project, run)}-${run.jobId.replace(/[^a-z0-9]/gi, '').slice(-16)}`;
	note(project, run, { servingMark: mark });
	const deployment = await provider.deploy(access, { modelObject: run.modelObject! }, mark);
	note(project, run, { serving: { deployment, centsPerHour, since: io.now().toISOString() } });
	const until = Date.now() + startMinutes * 60_000;
	let told = '';
	for (;;) {
		const state = await provider.deploymentState(access, deployment);
		if (state !== told) say.note(`v${versionOf(project, run)}: ${state}`);
		told = state;
		if (state === 'ready') return;
		if (state === 'failed' || state === 'stopped' || Date.now() > until)
			throw new Failure(`The model did not start: ${state}.`, 'ait stop, then ait serve again', 'provider');
		await wait(pauseMs(io, run.provider), undefined, { signal: io.signal }).catch(() => {});
		if (io.signal.aborted) throw new Failure('It is still starting, and will cost by the minute.', 'ait stop');
	}
};

/** What was billed for it, as far as the provider names a price. */
export const costSoFar = ({ serving }: LocalRun, now: Date): string => {
	if (!serving) return '';
	const cents = centsSoFar(
		{ readyAt: new Date(serving.since), stoppedAt: null, centsPerHour: serving.centsPerHour },
		now
	);
	return cents === null ? 'The provider names no price.' : `About ${formatCents(cents)} so far.`;
};

/** Stops and removes it. Throws while it may still cost. */
export const stopServing = async (
	project: Project,
	run: LocalRun,
	{ provider, access }: Connected,
	io: Io
): Promise<void> => {
	const { deployment } = run.serving!;
	for (let tries = 0; ; tries++) {
		await provider.stop(access, deployment);
		const state = await provider.deploymentState(access, deployment);
		if (state === 'stopped') break;
		if (tries === 20) throw new Failure(`The model is still ${state}.`, 'ait stop once more', 'provider');
		await wait(pauseMs(io, run.provider));
	}
	note(project, run, { serving: undefined, servingMark: undefined });
};

/** The name by which a run's model answers now. Throws a failure where it must be deployed first. */
export const callName = (project: Project, run: LocalRun, { provider }: Connected): string => {
	const name = provider.servesTunedModels === 'at-once' ? run.modelId : run.serving?.deployment.callAs;
	if (name) return name;
	throw new Failure(
		`The model of v${versionOf(project, run)} is not deployed.`,
		`ait serve v${versionOf(project, run)}`
	);
};
