import { stillBilled } from '../../lib/core/runs/billing.ts';
import { runCan } from '../../lib/core/runs/status.ts';
import type { cancel } from '../commands/cancel.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { versionOf } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { connect } from '../providers.ts';
import { agreed } from '../terminal/ask.ts';
import { findRun, look, versionIn } from '../training/follow.ts';
import { note, stageOf } from '../training/order.ts';

const amount = (value: unknown) => (typeof value === 'number' ? value : null);

export const deed: Deed<typeof cancel> = async ({ io, say, args, flags }) => {
	const seen = await look(io, say, versionIn(args[0]));
	await writing(io, say, 'cancel', async (project) => {
		const run = findRun(project, versionIn(args[0]) ?? seen.version);
		const stage = stageOf(run);
		const name = `v${versionOf(project, run)}`;
		const billed = stillBilled({
			status: stage,
			stepsDone: amount(run.stepsDone),
			stepsTotal: amount(run.stepsTotal),
			costCents: amount(run.costCents)
		});
		if (!runCan.cancel({ status: stage }) || !run.jobId)
			throw new Failure(`${name} cannot be cancelled. ${billed}`, 'ait status');
		if (!flags.yes) say.note(billed);
		if (!(await agreed(io, say, `Cancel ${name}?`, { yes: flags.yes, mend: 'ait cancel --yes' })))
			throw new Failure(`${name} goes on.`);
		const { provider, access } = await connect(io, {
			...project,
			config: { ...project.config, provider: run.provider }
		});
		await provider.cancel(access, run.jobId);
		note(project, run, { stage: 'cancelling' });
		say.text(`${name} is being cancelled. ${billed}`);
		say.json({ version: versionOf(project, run), stage: 'cancelling', billed });
	});
};
