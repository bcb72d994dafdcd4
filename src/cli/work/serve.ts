import { formatCents } from '../../lib/core/runs/cost.ts';
import type { serve } from '../commands/serve.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { versionOf } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { connect } from '../providers.ts';
import { agreed } from '../terminal/ask.ts';
import { versionIn } from '../training/follow.ts';
import { callName, priceOf, readyRun, startServing } from '../training/serving.ts';

export const deed: Deed<typeof serve> = ({ io, say, args, flags }) =>
	writing(io, say, 'serve', async (project) => {
		const run = readyRun(project, versionIn(args[0]));
		const name = `v${versionOf(project, run)}`;
		const connected = await connect(io, { ...project, config: { ...project.config, provider: run.provider } });
		if (connected.provider.servesTunedModels === 'after-deploy') {
			const centsPerHour = await priceOf(run, connected);
			const price =
				centsPerHour === null ? 'at a price the provider does not name' : `for ${formatCents(centsPerHour)} an hour`;
			if (
				!(await agreed(io, say, `Deploy ${name} ${price}, until ait stop?`, {
					yes: flags.yes,
					mend: 'ait serve --yes'
				}))
			)
				throw new Failure('Nothing was deployed.');
			await startServing(project, run, connected, { io, say, centsPerHour });
		}
		const callAs = callName(project, run, connected);
		say.line(`${name} answers as ${callAs}.`);
		say.outcome(callAs);
		say.aside('Next: ait chat, or ait eval --compare. ait stop ends it.');
		say.json({ version: versionOf(project, run), callAs, centsPerHour: run.serving?.centsPerHour ?? null });
	});
