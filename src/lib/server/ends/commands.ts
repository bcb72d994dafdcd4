import { asc, eq, sql } from 'drizzle-orm';
import { DeleteProject, RestoreProject } from '../../contract/project-end.ts';
import { DeleteTeam } from '../../contract/team.ts';
import { AppError } from '../../core/errors.ts';
import { goneAt, graceDays } from '../../core/project/grace.ts';
import { runCan } from '../../core/runs/status.ts';
import { to } from '../../paths.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { command } from '../access/operation.ts';
import { type Scope, type Tx, noProject } from '../access/scope.ts';
import { stopGenerating } from '../evaluations/commands.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { config } from '../platform/config.ts';
import { members, projects, teams } from '../platform/db/schema.ts';
import { teamDeletedMail } from '../platform/mail/messages.ts';
import { tryMail } from '../platform/mail/send.ts';
import { callOff } from '../runs/commands.ts';
import { halt } from '../servings/commands.ts';
import { aliveServings, deletedProjects, openRuns } from './rows.ts';

const deadlock = '40P01';
const codeOf = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code;

/** A step: a project, which nobody gets hold of any more: not to write into it, nor to begin what costs. Throws *not found*. */
const projectAlone = async (tx: Tx, id: string) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, id)).for('update');
	if (!found) throw noProject();
	return found;
};

/** A step: whoever follows a run or a serving holds that first, and then the project. */
const holdWhatCosts = async (tx: Tx, projectId: string) => {
	await openRuns(tx, projectId, { lock: true });
	await aliveServings(tx, projectId, { lock: true });
};

/** A step: stops what is billed, as whoever presses *Stop* does, and what is being made. */
const stopAll = async (tx: Tx, scope: Scope, projectId: string) => {
	await stopGenerating(tx, projectId, 'It was stopped, because the project was deleted. Try again to go on.');
	for (const { serving, version } of await aliveServings(tx, projectId, { lock: true })) {
		await halt(tx, scope, serving, { version });
		await enqueue(tx, 'serving.follow', { servingId: serving.id }, { hasten: true });
	}
	for (const run of await openRuns(tx, projectId, { lock: true })) {
		if (!runCan.cancel(run) || run.cancelRequestedAt) continue;
		await callOff(tx, scope, run);
		if (run.jobId) await enqueue(tx, 'run.follow', { runId: run.id }, { hasten: true });
	}
};

/** A step: from the commit on it is nowhere, and nothing of it costs any more. */
const closeProject = async (tx: Tx, scope: Scope, projectId: string) => {
	await stopAll(tx, scope, projectId);
	await tx.execute(sql`select delete_project(${projectId})`);
};

/** Whoever writes into a project at this very moment may hold what its end waits for, and wait for what it holds. */
const unlessHeldUp = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (problem) {
		if (codeOf(problem) !== deadlock) throw problem;
		throw new AppError(
			'conflict',
			`Something of this ${what} is being written at this very moment. Try again.`,
			'confirm'
		);
	}
};

/**
 * Deletes a project: from the commit on it is nowhere, and nothing of it costs any more. Deployed models and trainings are stopped in the
 * same transaction, by the jobs that follow them anyway.
 */
export const deleteProject = command(DeleteProject, (scope, { confirm }) =>
	unlessHeldUp('project', () =>
		scope.tx(async (tx) => {
			const { id } = scope.project;
			await holdWhatCosts(tx, id);
			const { name, slug } = await projectAlone(tx, id);
			if (confirm.normalize() !== name.normalize())
				throw new AppError('invalid', `Type the name as it is written: ${name}`, 'confirm');
			await record(tx, scope, { event: 'project.deleted', subject: id, projectId: id, details: { name, slug } });
			await closeProject(tx, scope, id);
			return (await deletedProjects(tx)).find((each) => each.id === id)!;
		})
	)
);

const allIds = async (tx: Tx) =>
	(await tx.select({ id: projects.id }).from(projects).orderBy(asc(projects.id))).map(({ id }) => id);

/** A step: marks the team, which from the commit on nobody enters, and closes its projects. Who has to hear of it. */
const closeTeam = async (tx: Tx, scope: Scope, confirm: string) => {
	const known = await allIds(tx);
	for (const id of known) await holdWhatCosts(tx, id);
	for (const id of known) await projectAlone(tx, id);
	const [team] = await tx.select().from(teams).for('update');
	// whoever was making one has been waited for, and the next one finds no team
	const ids = await allIds(tx);
	const { name } = team!;
	if (confirm.normalize() !== name.trim().normalize())
		throw new AppError('invalid', `Type the name as it is written: ${name}`, 'confirm');
	const owners = await tx
		.select({ id: named.id, name: named.name, email: named.email })
		.from(members)
		.innerJoin(membersWithAddress, eq(named.id, members.personId))
		.where(eq(members.role, 'owner'));
	await record(tx, scope, { event: 'team.deleted', subject: scope.teamId, details: { name } });
	for (const id of ids) await closeProject(tx, scope, id);
	// at the same moment as its projects: those come back with it
	const [marked] = await tx.execute<{ at: string | Date | null }>(sql`select delete_team() as at`);
	if (!marked?.at) throw new AppError('not_found', 'This team has just been deleted.');
	return { name, owners, goneAt: goneAt(new Date(marked.at)) };
};

/**
 * Closes the team at once, for everybody and for its keys, and stops what it costs; an owner may bring it back within a week. The owners
 * have a mail of it. Throws *invalid* under `confirm`.
 */
export const deleteTeam = command(DeleteTeam, async (scope, { confirm }) => {
	const { name, owners, goneAt } = await unlessHeldUp('team', () => scope.tx((tx) => closeTeam(tx, scope, confirm)));
	const by = owners.find(({ id }) => id === scope.userId)?.name ?? 'An owner';
	const link = config().origin + to.deletedTeams();
	await Promise.all(owners.map(({ email }) => tryMail(teamDeletedMail({ to: email, team: name, by, goneAt, link }))));
	return { goneAt };
});

/** Brings a project back, under the address it had. What was stopped stays stopped. */
export const restoreProject = command(RestoreProject, (scope, { projectId: id }) =>
	scope.tx(async (tx) => {
		const [found] = await tx.execute<{ name: string; slug: string }>(sql`select * from restore_project(${id})`);
		if (!found)
			throw new AppError(
				'not_found',
				`There is no deleted project to bring back: somebody has already, or it was deleted more than ${graceDays} days ago.`
			);
		const { name, slug } = found;
		await record(tx, scope, { event: 'project.restored', subject: id, projectId: id, details: { name, slug } });
		return { id, name, slug };
	})
);
