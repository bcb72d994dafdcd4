import type { stop } from '../commands/stop.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { versionOf } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { connect } from '../providers.ts';
import { findRun, versionIn } from '../training/follow.ts';
import { costSoFar, stopServing } from '../training/serving.ts';

export const deed: Deed<typeof stop> = ({ io, say, args }) =>
	writing(io, say, 'stop', async (project) => {
		const version = versionIn(args[0]);
		const chosen = version === undefined ? project.config.runs : [findRun(project, version)];
		const running = chosen.filter(({ serving }) => serving);
		const begun = chosen.find((run) => !run.serving && run.servingMark !== undefined);
		if (begun)
			throw new Failure(
				`v${versionOf(project, begun)} was being deployed when something cut it off, and may cost.`,
				`ait serve v${versionOf(project, begun)}, which finds it, then ait stop`
			);
		if (running.length === 0) {
			if (version !== undefined) throw new Failure(`v${version} is not deployed.`, 'ait status --all');
			say.line('Nothing is deployed.');
		}
		const stopped: number[] = [];
		for (const run of running) {
			const cost = costSoFar(run, io.now());
			await stopServing(
				project,
				run,
				await connect(io, { ...project, config: { ...project.config, provider: run.provider } }),
				io
			);
			stopped.push(versionOf(project, run));
			say.line(`v${versionOf(project, run)} is stopped. ${cost}`);
		}
		say.json({ stopped });
	});
