import { eq, sql } from 'drizzle-orm';
import { DeleteProject, RestoreProject } from '../../contract/project-end.ts';
import { AppError } from '../../core/errors.ts';
import { graceDays } from '../../core/project/grace.ts';
import { runCan } from '../../core/runs/status.ts';
import { command } from '../access/operation.ts';
import { type ProjectScope, type Scope, type Tx, noProject } from '../access/scope.ts';
import { stopGenerating } from '../evaluations/commands.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { projects } from '../platform/db/schema.ts';
import { callOff } from '../runs/commands.ts';
import { halt } from '../servings/commands.ts';
import { aliveServings, deletedProjects, openRuns } from './rows.ts';

const deadlock = '40P01';
const codeOf = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code;

/** A step: the project of the scope, which nobody gets hold of any more: not to write into it, nor to begin what costs. Throws *not found*. */
const projectAlone = async (tx: Tx, { project }: ProjectScope) => {
	const [found] = await tx.select().from(projects).where(eq(projects.id, project.id)).for('update');
	if (!found) throw noProject();
	return found;
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

/**
 * Deletes a project: from the commit on it is nowhere, and nothing of it costs any more. Deployed models and trainings are stopped in the
 * same transaction, by the jobs that follow them anyway.
 */
export const deleteProject = command(DeleteProject, async (scope, { confirm }) => {
	try {
		return await scope.tx(async (tx) => {
			const { id } = scope.project;
			// whoever follows a run or a serving holds that first, and then the project
			await openRuns(tx, id, { lock: true });
			await aliveServings(tx, id, { lock: true });
			const { name, slug } = await projectAlone(tx, scope);
			if (confirm.normalize() !== name.normalize())
				throw new AppError('invalid', `Type the name as it is written: ${name}`, 'confirm');
			await record(tx, scope, { event: 'project.deleted', subject: id, projectId: id, details: { name, slug } });
			await stopAll(tx, scope, id);
			await tx.execute(sql`select delete_project(${id})`);
			return (await deletedProjects(tx)).find((each) => each.id === id)!;
		});
	} catch (problem) {
		if (codeOf(problem) !== deadlock) throw problem;
		throw new AppError(
			'conflict',
			'Something of this project is being written at this very moment. Try again.',
			'confirm'
		);
	}
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
