import { formatCents } from '../../lib/core/runs/cost.ts';
import { isOver } from '../../lib/core/runs/status.ts';
import type { status } from '../commands/status.ts';
import type { Deed } from '../deed.ts';
import { exitCodes } from '../exit-codes.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { versionOf } from '../files/runs.ts';
import { reading } from '../files/session.ts';
import type { Say } from '../terminal/say.ts';
import { findRun, follow, look, stationOf, versionIn } from '../training/follow.ts';
import { stageOf } from '../training/order.ts';

/** A run as programs are given it. */
export const shownRun = (project: Project, run: LocalRun) => ({
	version: versionOf(project, run),
	stage: stageOf(run),
	jobId: run.jobId || null,
	modelId: run.modelId ?? null,
	provider: run.provider,
	baseModel: run.baseModel ?? null,
	startedAt: run.startedAt,
	finishedAt: run.finishedAt ?? null,
	costCents: run.costCents ?? null,
	problem: run.problem ?? null,
	isServed: run.serving !== undefined
});

const show = (say: Say, project: Project, run: LocalRun) => {
	const stage = stageOf(run);
	const tone = stage === 'ready' ? 'green' : stage === 'failed' ? 'red' : 'yellow';
	say.line(`${say.paint('bold', `v${versionOf(project, run)}`)}  ${say.paint(tone, stationOf(run))}`);
	if (run.modelId) say.line(`    ${run.modelId}`);
	if (run.costCents) say.line(`    ${formatCents(run.costCents)}`);
	if (run.problem) say.text(`    ${run.problem}`);
};

export const deed: Deed<typeof status> = async ({ io, say, args, flags }) => {
	const version = versionIn(args[0]);
	if (flags.all) {
		const { config } = reading(io, say);
		const open = config.runs.filter((run) => !isOver({ status: stageOf(run) }));
		const before = reading(io, say);
		for (const run of open) await look(io, say, versionOf(before, before.config.runs[config.runs.indexOf(run)]!));
		const project = reading(io, say);
		if (project.config.runs.length === 0) say.line('Nothing was trained yet: ait train');
		for (const run of project.config.runs) show(say, project, run);
		say.json(project.config.runs.map((run) => shownRun(project, run)));
		return;
	}
	const followed = await follow(io, say, version, { isWatched: flags.watch, quiet: flags.quiet });
	const project = reading(io, say);
	const run = findRun(project, followed.version ?? version);
	show(say, project, run);
	const stage = stageOf(run);
	if (stage === 'ready') say.aside(run.serving ? 'Next: ait eval --compare' : 'Next: ait eval --compare --serve');
	else if (!isOver({ status: stage }) && !flags.watch) say.aside('Next: ait status --watch');
	say.json(shownRun(project, run));
	return flags.watch && isOver({ status: stage }) && stage !== 'ready' ? exitCodes.failed.code : exitCodes.ok.code;
};
