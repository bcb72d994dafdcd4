import { setTimeout as wait } from 'node:timers/promises';
import { afterReport, isOver, runCan } from '../../lib/core/runs/status.ts';
import type { JobReport } from '../../lib/server/providers/provider.ts';
import { Failure } from '../exit-codes.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { versionOf } from '../files/runs.ts';
import { reading, writing } from '../files/session.ts';
import { type Connected, connect } from '../providers.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { note, stageOf } from './order.ts';

/** Clean lists over this time allow a second order (PR3 in server/providers/README.md); of the sandbox nobody waits so long. */
const cleanLists = 3;
const quietMs = 120_000;

/** The run with this number, the newest without one. Throws a failure where there is none. */
export const findRun = (project: Project, version?: number): LocalRun => {
	const { runs } = project.config;
	const run = version === undefined ? runs.at(-1) : runs.find((each) => versionOf(project, each) === version);
	if (run) return run;
	throw version === undefined
		? new Failure('Nothing was trained yet.', 'ait train')
		: new Failure(`There is no run v${version}.`, 'ait status --all');
};

/** `v2` or `2`. */
export const versionIn = (text: string | undefined): number | undefined => {
	if (text === undefined) return undefined;
	const number = /^v?(\d+)$/.exec(text)?.[1];
	if (number === undefined)
		throw new Failure(`"${text}" is no run; they are called v1, v2 and so on.`, 'ait status --all', 'usage');
	return Number(number);
};

/** An order without an answer: looked for under its mark, and given up only when it is certain not to exist. */
const lookForOrder = async (project: Project, run: LocalRun, { provider, access }: Connected) => {
	const [found] = await provider.find(access, run.mark!);
	if (found) return note(project, run, { stage: 'validating', jobId: found.jobId, problem: undefined });
	const looks = Number(run.cleanLists ?? 0) + 1;
	const since = Date.now() - Date.parse(String(run.submittedAt ?? run.startedAt));
	const isCertain = looks >= cleanLists && (since >= quietMs || run.provider === 'sandbox');
	note(project, run, {
		cleanLists: looks,
		...(isCertain && { stage: 'failed' as const, problem: 'The order never reached the provider; nothing is billed.' })
	});
};

const record = (project: Project, run: LocalRun, report: JobReport, now: Date) => {
	const stage = afterReport({ status: stageOf(run) }, report);
	note(project, run, {
		stage,
		jobId: report.jobId,
		...(report.model !== null && { modelId: report.model }),
		...(report.modelObject !== null && { modelObject: report.modelObject }),
		...(report.costCents !== null && { costCents: report.costCents }),
		...(report.stepsDone !== null && { stepsDone: report.stepsDone }),
		...(report.stepsTotal !== null && { stepsTotal: report.stepsTotal }),
		...(report.status === 'unrecognised' && { providerStatus: report.providerStatus }),
		...(report.problem !== null && { problem: report.problem }),
		...(isOver({ status: stage }) && !run.finishedAt && { finishedAt: now.toISOString() })
	});
};

/** One look at a run at its provider, written down. What is over, or was cut off before anything was sent, is not asked about. */
export const look = (io: Io, say: Say, version: number | undefined): Promise<LocalRun> =>
	writing(io, say, 'status', async (project) => {
		const run = findRun(project, version);
		const stage = stageOf(run);
		if (stage === 'uploading')
			note(project, run, {
				stage: 'failed',
				problem: 'It was cut off before anything was ordered; nothing is billed.'
			});
		if (isOver({ status: stageOf(run) })) return run;
		const connected = await connect(io, { ...project, config: { ...project.config, provider: run.provider } });
		if (stage === 'submitting' || stage === 'unknown') await lookForOrder(project, run, connected);
		if (runCan.follow({ status: stageOf(run) }))
			record(project, run, await connected.provider.report(connected.access, run.jobId), io.now());
		return run;
	});

/** How long until the next look; the sandbox is nobody's to be spared. */
export const pauseMs = ({ pollMs }: Pick<Io, 'pollMs'>, provider: LocalRun['provider']): number =>
	provider === 'sandbox' ? Math.min(1_000, pollMs) : pollMs;

/** How far it is, on one line. */
export const stationOf = (run: LocalRun): string => {
	const steps = typeof run.stepsTotal === 'number' ? ` ${String(run.stepsDone ?? 0)} of ${run.stepsTotal} steps` : '';
	const word = typeof run.providerStatus === 'string' ? ` (the provider says "${run.providerStatus}")` : '';
	return `${stageOf(run)}${stageOf(run) === 'training' ? steps : ''}${word}`;
};

/** Looks once, or until it is over. What changes is told on stderr. */
export const follow = async (
	io: Io,
	say: Say,
	version: number | undefined,
	{ isWatched }: { isWatched: boolean; quiet: boolean }
): Promise<LocalRun> => {
	const chosen = versionOf(...inProject(io, say, version));
	let told = '';
	for (;;) {
		const run = await look(io, say, chosen);
		const station = stationOf(run);
		if (isWatched && station !== told) say.note(`v${chosen}: ${station}`);
		told = station;
		if (!isWatched || isOver({ status: stageOf(run) })) return run;
		await wait(pauseMs(io, run.provider), undefined, { signal: io.signal }).catch(() => {});
		if (io.signal.aborted) return run;
	}
};

const inProject = (io: Io, say: Say, version: number | undefined): [Project, LocalRun] => {
	const project = reading(io, say);
	return [project, findRun(project, version)];
};
