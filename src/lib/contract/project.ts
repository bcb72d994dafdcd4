// Longer than most: a project in lists, in the frame of its pages and in its settings, and how one is made and changed.
import * as v from 'valibot';
import { NewConnection } from './connections.ts';
import { Id, Name, NoInput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** What everybody in a project reads of it: nothing of models, prompts and connections. */
const Project = v.strictObject({
	id: v.string(),
	slug: v.string(),
	name: v.string(),
	description: v.string(),
	/** Examples with this rating or a better one may train. */
	qualityThreshold: v.number(),
	createdAt: Time
});
const aProject: v.InferOutput<typeof Project> = {
	id: ids.project,
	slug: 'support',
	name: 'Support',
	description: '',
	qualityThreshold: 8,
	createdAt: aTime
};

const Details = v.strictObject({
	...Project.entries,
	connectionId: v.nullable(v.string()),
	baseModel: v.string(),
	systemPrompt: v.string()
});
const details = {
	...aProject,
	connectionId: ids.connection,
	baseModel: 'sandbox-small',
	systemPrompt: 'Be kind.'
};

const ConnectionId = v.pipe(v.string('Choose a connection'), v.uuid('Choose a connection'));

const settings = {
	name: Name,
	description: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(500, 'A description has at most 500 characters')),
		''
	),
	baseModel: v.pipe(
		v.string('Choose a model'),
		v.trim(),
		v.minLength(1, 'Choose a model'),
		v.maxLength(200, 'A model id has at most 200 characters')
	),
	systemPrompt: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(20_000, 'A system prompt has at most 20 000 characters')),
		''
	)
};
const someSettings = { name: 'Support', description: '', baseModel: 'sandbox-small', systemPrompt: 'Be kind.' };

export const ListProjects = query({
	name: 'project.list',
	summary: 'The projects this member may see, by name',
	within: 'team',
	action: 'project:see',
	input: NoInput,
	output: v.array(Project),
	errors: {},
	example: { input: {}, output: [aProject] }
});

export const GetProject = query({
	name: 'project.get',
	summary: 'What everybody in a project reads of it',
	within: 'project',
	action: 'project:see',
	input: NoInput,
	output: Project,
	errors: {},
	example: { input: {}, output: aProject }
});

export const ListProjectCounts = query({
	name: 'project.counts',
	summary: 'Every project the member may see, by name, with how far it is',
	within: 'team',
	action: 'project:see',
	input: NoInput,
	output: v.array(
		v.strictObject({
			id: v.string(),
			slug: v.string(),
			name: v.string(),
			description: v.string(),
			total: v.number(),
			/** By anybody; for who may not see others' scores, by themselves. */
			rated: v.number(),
			/** Rated at the threshold or above. */
			quality: v.number(),
			/** Runs that ended with a model. */
			models: v.number()
		})
	),
	errors: {},
	example: {
		input: {},
		output: [
			{
				id: ids.project,
				slug: 'support',
				name: 'Support',
				description: '',
				total: 40,
				rated: 30,
				quality: 22,
				models: 1
			}
		]
	}
});

export const GetFrame = query({
	name: 'project.frame',
	summary: 'What stands around every page of a team: its projects, and how much there is to rate in this one',
	within: 'team',
	action: 'project:see',
	/** null: no project is open. */
	input: v.object({ projectId: v.optional(v.nullable(Id('The project')), null) }),
	output: v.strictObject({
		projects: v.array(v.strictObject({ name: v.string(), slug: v.string() })),
		/** Examples that nobody has rated, or, for who may not see others' scores, that they have not; 0 where no project is open. */
		unrated: v.number()
	}),
	errors: {},
	example: {
		input: { projectId: ids.project },
		output: { projects: [{ name: 'Support', slug: 'support' }], unrated: 10 }
	}
});

export const PrepareProject = query({
	name: 'project.prepare',
	summary: 'What a new project can be made on: the connections that are there, and the providers for another one',
	within: 'team',
	action: 'project:create',
	input: NoInput,
	output: v.strictObject({
		connections: v.array(
			v.strictObject({
				id: v.string(),
				name: v.string(),
				provider: v.string(),
				status: v.picklist(['untested', 'ok', 'refused']),
				training: v.picklist(['open', 'closed', 'unknown'])
			})
		),
		providers: v.array(v.strictObject({ id: v.string(), name: v.string(), note: v.nullable(v.string()) }))
	}),
	errors: { forbidden: 'Whoever sees some projects only makes none.' },
	example: {
		input: {},
		output: {
			connections: [{ id: ids.connection, name: 'Sandbox', provider: 'sandbox', status: 'ok', training: 'open' }],
			providers: [{ id: 'sandbox', name: 'Sandbox', note: null }]
		}
	}
});

export const AskWhetherFree = query({
	name: 'project.isFree',
	summary: 'Whether nothing in the project costs anything: it is on the sandbox, and so are all its runs',
	within: 'project',
	action: 'project:see',
	input: NoInput,
	output: v.boolean(),
	errors: {},
	example: { input: {}, output: true }
});

/** On a connection that is there, or together with a new one: one of the two. */
const NewProject = v.pipe(
	v.object({
		...settings,
		/** Whoever asks chooses it: asked twice with the same one, it is the same project. */
		clientId: Id('The id of this form'),
		connectionId: v.optional(v.nullable(ConnectionId), null),
		connection: v.optional(v.nullable(NewConnection), null)
	}),
	v.forward(
		v.check(({ connectionId, connection }) => connectionId !== null || connection !== null, 'Choose a connection'),
		['connectionId']
	),
	v.forward(
		v.check(
			({ connectionId, connection }) => connectionId === null || connection === null,
			'Choose a connection that is there, or a new one'
		),
		['connectionId']
	)
);

export const CreateProject = command({
	name: 'project.create',
	summary: 'Makes a project, and its connection with it where that is new: both, or neither',
	within: 'team',
	action: 'project:create',
	input: NewProject,
	output: Details,
	errors: {
		forbidden: 'Whoever sees some projects only makes none, and only owners add connections.',
		conflict:
			'Too many projects have this name, what this form has made was deleted since, or the team has as many as it may.'
	},
	events: ['project.created', 'connection.created'],
	example: {
		input: { ...someSettings, clientId: ids.client, connectionId: null, connection: { provider: 'sandbox' } },
		output: details
	}
});

const Settings = v.object({
	...settings,
	connectionId: ConnectionId,
	qualityThreshold: whole('The quality threshold', 1, 10)
});

export const GetSettings = query({
	name: 'project.settings',
	summary: 'The settings of a project, and the connections it can be put on',
	within: 'project',
	action: 'project:edit',
	input: NoInput,
	output: v.strictObject({
		settings: v.strictObject({
			name: v.string(),
			description: v.string(),
			connectionId: v.nullable(v.string()),
			baseModel: v.string(),
			systemPrompt: v.string(),
			qualityThreshold: v.number()
		}),
		connections: v.array(v.strictObject({ id: v.string(), name: v.string() }))
	}),
	errors: {},
	example: {
		input: {},
		output: {
			settings: { ...someSettings, connectionId: ids.connection, qualityThreshold: 8 },
			connections: [{ id: ids.connection, name: 'Sandbox' }]
		}
	}
});

export const UpdateProject = command({
	name: 'project.update',
	summary: 'Changes the settings of a project, for the runs to come',
	within: 'project',
	action: 'project:edit',
	long: true,
	input: Settings,
	output: Details,
	errors: {},
	events: ['project.changed'],
	example: { input: { ...someSettings, connectionId: ids.connection, qualityThreshold: 8 }, output: details }
});
