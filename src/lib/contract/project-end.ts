import * as v from 'valibot';
import { Id, NoInput, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const aWeekLater = '2026-12-05T09:30:00.000Z';

const DeletedProject = v.strictObject({
	id: v.string(),
	name: v.string(),
	slug: v.string(),
	deletedAt: Time,
	/** Who has deleted it; null: they have an account no more. */
	deletedBy: v.nullable(v.string()),
	/** Until then it can be brought back. */
	goneAt: Time
});
export type DeletedProject = v.InferInput<typeof DeletedProject>;

export const PrepareDelete = query({
	name: 'project.prepareDelete',
	summary: 'What goes with a project when it is deleted, and what is stopped at once',
	within: 'project',
	action: 'project:delete',
	input: NoInput,
	output: v.strictObject({
		examples: v.number(),
		prompts: v.number(),
		runs: v.number(),
		evaluations: v.number(),
		/** Trainings under way, with what is billed all the same. */
		training: v.array(v.strictObject({ version: v.number(), billed: v.string() })),
		/** Models that are running, billed by the minute. */
		running: v.number(),
		/** Evaluations whose answers are being written. */
		generating: v.number()
	}),
	errors: {},
	example: {
		input: {},
		output: {
			examples: 40,
			prompts: 0,
			runs: 2,
			evaluations: 1,
			training: [{ version: 2, billed: 'Training has not begun, so the provider should bill nothing.' }],
			running: 1,
			generating: 0
		}
	}
});

export const DeleteProject = command({
	name: 'project.delete',
	summary: 'Deletes a project with all that is in it, and stops what it pays for; for 7 days it can be brought back',
	within: 'project',
	action: 'project:delete',
	long: true,
	input: v.object({
		/** The project's name, typed. */
		confirm: v.pipe(v.string('Type the name of the project'), v.trim())
	}),
	output: DeletedProject,
	errors: { conflict: 'It is in use at this very moment.' },
	events: [
		'project.deleted',
		'run.cancelled',
		'run.progressed',
		'serving.stopped',
		'serving.progressed',
		'evaluation.failed'
	],
	example: {
		input: { confirm: 'Support' },
		output: {
			id: ids.project,
			name: 'Support',
			slug: 'support',
			deletedAt: aTime,
			deletedBy: 'Ana',
			goneAt: aWeekLater
		}
	}
});

export const ListDeletedProjects = query({
	name: 'project.listDeleted',
	summary: 'The projects that were deleted and can still be brought back, the newest deletion first',
	within: 'team',
	action: 'project:delete',
	input: NoInput,
	output: v.array(DeletedProject),
	errors: {},
	example: {
		input: {},
		output: [
			{
				id: ids.project,
				name: 'Support',
				slug: 'support',
				deletedAt: aTime,
				deletedBy: 'Ana',
				goneAt: aWeekLater
			}
		]
	}
});

export const RestoreProject = command({
	name: 'project.restore',
	summary: 'Brings a deleted project back, under the address it had; what was stopped stays stopped',
	within: 'team',
	action: 'project:delete',
	input: v.object({ projectId: Id('The project') }),
	output: v.strictObject({ id: v.string(), name: v.string(), slug: v.string() }),
	errors: {
		not_found: 'It was not deleted, or more than 7 days ago.',
		conflict: 'The team has as many projects as it may.'
	},
	events: ['project.restored'],
	example: { input: { projectId: ids.project }, output: { id: ids.project, name: 'Support', slug: 'support' } }
});
