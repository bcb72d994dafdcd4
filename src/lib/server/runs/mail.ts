import { eq } from 'drizzle-orm';
import { to } from '../../paths.ts';
import { recipientsOf, tellMembers } from '../access/mail-members.ts';
import type { Scope } from '../access/scope.ts';
import { enqueue } from '../jobs/queue.ts';
import { config } from '../platform/config.ts';
import { projects, runs, teams } from '../platform/db/schema.ts';
import { runMail } from '../platform/mail/messages.ts';
import type { Run } from './rows.ts';

/** An end that was not asked for here. */
const isTold = ({ status, cancelRequestedAt }: Run) =>
	status === 'ready' || status === 'failed' || (status === 'cancelled' && !cancelRequestedAt);

/** Tells whoever started a training that it is ready, or has failed. Safe to run again: nobody is told twice. */
export const tellEnd = async (scope: Scope, runId: string): Promise<void> => {
	const found = await scope.look(async (tx) => {
		const [run] = await tx.select().from(runs).where(eq(runs.id, runId));
		if (!run?.createdBy || !isTold(run)) return null;
		const [project] = await tx.select().from(projects).where(eq(projects.id, run.projectId));
		if (!project) return null; // deleted meanwhile
		const [team] = await tx.select({ slug: teams.slug }).from(teams);
		const told = await recipientsOf(tx, { projectId: project.id, kind: 'run' }, new Set([run.createdBy]));
		return { run, project, team: team!, told };
	});
	if (!found) return;
	const { run, project, team, told } = found;
	const about = {
		project: project.name,
		version: `v${run.version}`,
		failed: run.status !== 'ready',
		problem: run.problem,
		link: config().origin + to.run(team.slug, project.slug, runId)
	};
	await tellMembers(scope, {
		...{ projectId: project.id, kind: 'run', subject: runId, to: told },
		write: ({ email }, stop) => runMail({ ...about, to: email, stop }),
		again: (tx, then) => enqueue(tx, 'run.tell', { runId }, then)
	});
};
