import { formatEstimate } from '../../lib/core/runs/cost.ts';
import { formatDuration } from '../../lib/core/runs/duration.ts';
import { isOver } from '../../lib/core/runs/status.ts';
import type { train } from '../commands/train.ts';
import type { Deed } from '../deed.ts';
import { Failure, exitCodes } from '../exit-codes.ts';
import type { Project } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { connect } from '../providers.ts';
import { agreed } from '../terminal/ask.ts';
import { check, showFindings } from '../training/check.ts';
import { follow } from '../training/follow.ts';
import { placeOrder, prepareRun, stageOf } from '../training/order.ts';
import { recipeOf } from '../training/recipe.ts';
import { gatherUnreadable } from '../unreadable.ts';

/** While nobody knows whether an order exists, another might be the second one. */
const refuseWhileOrdering = ({ config }: Project) => {
	const open = config.runs.find((run) => ['uploading', 'submitting', 'unknown'].includes(stageOf(run)));
	if (open)
		throw new Failure(
			`v${open.version} may be ordered: it was cut off before the provider answered.`,
			'ait status, which looks for it',
			'blocked'
		);
};

export const deed: Deed<typeof train> = async ({ io, say, flags }) => {
	const { method } = flags;
	const recipe = recipeOf(flags);
	const version = await writing(io, say, 'train', async (project) => {
		refuseWhileOrdering(project);
		const connected = await connect(io, project);
		const unreadable = gatherUnreadable();
		const { findings, isClear, cost, duration, data } = await check(project, connected, { method, recipe }, unreadable);
		const about = {
			findings,
			isClear,
			cost,
			duration,
			method,
			recipe,
			train: data.trainCount,
			validation: data.validationCount,
			model: project.config.model
		};
		say.line(say.paint('bold', `${project.config.model} at ${connected.provider.name}`));
		showFindings(say, findings);
		say.line();
		say.text(`Price  ${formatEstimate(cost.cents)}. ${cost.basis}`, 7);
		say.text(`Time   ${formatDuration(duration)}. ${duration.basis}`, 7);
		unreadable.tell(say);
		if (!isClear) {
			say.json({ ...about, started: null });
			say.warn(
				`ait: Nothing was sent: ${findings
					.filter(({ level }) => level === 'block')
					.map(({ title }) => title)
					.join(', ')}.`
			);
			return null;
		}
		if (flags['dry-run']) {
			say.aside('Nothing was sent: ait train starts it.');
			say.json({ ...about, started: null });
			return 'dry' as const;
		}
		const question = `Train on ${data.trainCount} ${method === 'dpo' ? 'pairs' : 'examples'} for ${formatEstimate(cost.cents)}?`;
		if (!(await agreed(io, say, question, { yes: flags.yes, mend: 'ait train --yes' })))
			throw new Failure('Nothing was sent.');
		const run = prepareRun(
			project,
			{ method, recipe, tokens: cost.billedTokens, now: io.now(), estimateCents: cost.cents },
			unreadable
		);
		run.trainCount = data.trainCount;
		run.validationCount = data.validationCount;
		await placeOrder(project, run, connected, say.note);
		say.line(`v${run.version} is ordered as ${run.jobId}.`);
		say.outcome(`v${run.version}`);
		if (!flags.watch) say.aside('Next: ait status --watch');
		if (!flags.watch) say.json({ ...about, started: { version: run.version, jobId: run.jobId } });
		return run.version!;
	});
	if (version === null) return exitCodes.blocked.code;
	if (version === 'dry' || !flags.watch) return;
	const run = await follow(io, say, version, { isWatched: true, quiet: flags.quiet });
	say.json({ version, stage: stageOf(run), modelId: run.modelId ?? null, problem: run.problem ?? null });
	return isOver({ status: stageOf(run) }) && stageOf(run) !== 'ready' ? exitCodes.failed.code : exitCodes.ok.code;
};
