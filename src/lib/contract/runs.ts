// Longer than most: a run is shown in three sizes, each field by name.
import * as v from 'valibot';
import { runSorts } from '../core/runs/sort.ts';
import { runStatuses } from '../core/runs/status.ts';
import { servingStatuses } from '../core/servings/serving.ts';
import { type Download, File, Id, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { Preflight, aPreflight } from './preflight.ts';
import { Recipe, aRecipe } from './recipe.ts';

const RunId = Id('The run');
const Status = v.picklist(runStatuses);
const Series = v.picklist(['train', 'validation']);

/** A run as lists show it. */
const ListedRun = v.strictObject({
	id: v.string(),
	/** What people call it: v3. */
	version: v.number(),
	status: Status,
	baseModel: v.string(),
	/** The name of what came out; null until there is one. */
	model: v.nullable(v.string()),
	recipe: Recipe,
	trainCount: v.number(),
	validationCount: v.number(),
	estimateCents: v.nullable(v.number()),
	costCents: v.nullable(v.number()),
	stepsDone: v.nullable(v.number()),
	stepsTotal: v.nullable(v.number()),
	/** Why it failed or waits, in words. */
	problem: v.nullable(v.string()),
	cancelRequestedAt: v.nullable(Time),
	createdAt: Time,
	finishedAt: v.nullable(Time)
});
export type ListedRun = v.InferInput<typeof ListedRun>;

const aListedRun = {
	id: ids.run,
	version: 3,
	status: 'training',
	baseModel: 'sandbox-small',
	model: null,
	recipe: aRecipe,
	trainCount: 120,
	validationCount: 30,
	estimateCents: 42,
	costCents: null,
	stepsDone: 40,
	stepsTotal: 90,
	problem: null,
	cancelRequestedAt: null,
	createdAt: aTime,
	finishedAt: null
} as const;

export const ListRuns = query({
	name: 'runs.list',
	summary: 'The runs of the project, the newest first unless another order is asked for',
	within: 'project',
	action: 'runs:see',
	input: v.object({
		sort: v.optional(v.picklist(runSorts, 'The list cannot be sorted by this')),
		order: v.optional(v.picklist(['up', 'down'], 'An order is up or down'))
	}),
	output: v.array(ListedRun),
	errors: {},
	example: { input: { sort: 'cost', order: 'down' }, output: [aListedRun] }
});

/** The newest deployment of a run's model: billed from `readyAt` to `stoppedAt`. */
export const Serving = v.strictObject({
	id: v.string(),
	status: v.picklist(servingStatuses),
	/** null: the provider names no price. */
	centsPerHour: v.nullable(v.number()),
	problem: v.nullable(v.string()),
	createdAt: Time,
	readyAt: v.nullable(Time),
	/** It stops by itself then, unless somebody uses it before. */
	idleAt: Time,
	stoppedAt: v.nullable(Time),
	/** The name by which it answers. */
	callAs: v.nullable(v.string())
});
export type Serving = v.InferInput<typeof Serving>;

/** A run with all that its page shows. */
const ShownRun = v.strictObject({
	run: v.strictObject({
		...ListedRun.entries,
		seed: v.number(),
		/** Under this name the provider has it. */
		mark: v.string(),
		jobId: v.nullable(v.string()),
		/** What has to be deployed, where the provider deploys. */
		modelObject: v.nullable(v.string()),
		/** The provider's own word. */
		providerStatus: v.nullable(v.string()),
		/** Of one pass over the training set. */
		tokens: v.number(),
		startedAt: v.nullable(Time),
		/** How far it came. */
		reached: Status,
		isOver: v.boolean(),
		canCancel: v.boolean(),
		/** What is billed all the same when it is cancelled now. */
		stillBilled: v.string()
	}),
	connection: v.strictObject({
		id: v.string(),
		name: v.string(),
		provider: v.string(),
		providerName: v.string(),
		servesTunedModels: v.picklist(['at-once', 'after-deploy'])
	}),
	/** The newest of its log, the oldest first. */
	events: v.array(
		v.strictObject({
			id: v.string(),
			at: Time,
			level: v.picklist(['info', 'warning', 'error']),
			kind: v.string(),
			message: v.string(),
			step: v.nullable(v.number())
		})
	),
	points: v.array(v.strictObject({ series: Series, step: v.number(), loss: v.number() })),
	files: v.array(v.strictObject({ kind: Series, sha256: v.string(), byteCount: v.number() })),
	serving: v.nullable(Serving)
});

const sha256 = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

export const GetRun = query({
	name: 'runs.get',
	summary: 'A run with its log, its losses, the files it sent and the state of its serving',
	within: 'project',
	action: 'runs:see',
	input: v.object({ runId: RunId }),
	output: ShownRun,
	errors: {},
	example: {
		input: { runId: ids.run },
		output: {
			run: {
				...aListedRun,
				seed: 1_234_567,
				mark: 'support-5f2a9c01d4e7b386',
				jobId: 'ft-1',
				modelObject: null,
				providerStatus: 'running',
				tokens: 24_000,
				startedAt: aTime,
				reached: 'training',
				isOver: false,
				canCancel: true,
				stillBilled: '40 of 90 steps are billed; the rest is not.'
			},
			connection: {
				id: ids.connection,
				name: 'Sandbox',
				provider: 'sandbox',
				providerName: 'Sandbox',
				servesTunedModels: 'after-deploy'
			},
			events: [
				{ id: ids.client, at: aTime, level: 'info', kind: 'aitelier.ordered', message: 'Ordered as ft-1.', step: null }
			],
			points: [{ series: 'train', step: 10, loss: 1.42 }],
			files: [{ kind: 'train', sha256, byteCount: 48_211 }],
			serving: null
		}
	}
});
export type ShownRun = v.InferInput<typeof ShownRun>;

export const GetPreflight = query({
	name: 'runs.preflight',
	summary: 'What is worth knowing before a training: what blocks it or warns, what it costs, how long it takes',
	within: 'project',
	action: 'runs:see',
	/** `from`: an earlier run, whose settings are taken over; else those of the project. */
	input: v.object({ from: v.optional(RunId) }),
	output: Preflight,
	errors: {},
	example: { input: { from: ids.run }, output: aPreflight }
});

export const StartRun = command({
	name: 'runs.start',
	summary: 'Starts a training on the good examples of the training set',
	within: 'project',
	action: 'runs:start',
	/** Whoever asks chooses `clientId`: asked twice with the same one, it is the same run. */
	input: v.object({ clientId: Id('The id of this form'), ...Recipe.entries }),
	output: v.strictObject({ ...ListedRun.entries, mark: v.string() }),
	errors: { conflict: 'Something on the checklist blocks the training, or another run is being sent.' },
	events: ['run.started'],
	example: {
		input: { clientId: ids.client, ...aRecipe },
		output: { ...aListedRun, status: 'uploading', stepsDone: null, stepsTotal: null, mark: 'support-5f2a9c01d4e7b386' }
	}
});
export type NewRun = v.InferOutput<typeof StartRun.input>;

export const CancelRun = command({
	name: 'runs.cancel',
	summary: 'Calls a run off, and says what is billed all the same',
	within: 'project',
	action: 'runs:cancel',
	input: v.object({ runId: RunId }),
	output: v.strictObject({ billed: v.string() }),
	errors: { conflict: 'The run is over.' },
	events: ['run.cancelled'],
	example: {
		input: { runId: ids.run },
		output: { billed: '40 of 90 steps are billed; the rest is not.' }
	}
});

export type RunFile = Download & { sha256: string };

export const DownloadRunFile = query({
	name: 'runs.file',
	summary: 'The exact bytes that a run sent',
	within: 'project',
	action: 'runs:see',
	input: v.object({
		runId: RunId,
		kind: v.picklist(Series.options, 'A run sends a train file and a validation file.')
	}),
	output: File<RunFile>('application/jsonl'),
	errors: {},
	example: {
		input: { runId: ids.run, kind: 'train' },
		output: { name: 'support-5f2a9c01d4e7b386-train.jsonl', sha256, pieces: (async function* () {})() }
	}
});
export type RunFileKind = v.InferOutput<typeof Series>;
