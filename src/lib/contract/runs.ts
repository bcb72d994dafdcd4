import * as v from 'valibot';
import { runSorts } from '../core/runs/sort.ts';
import { type Download, File, Id, Limit, whole } from './fields.ts';
import { ids } from './ids.ts';
import { command, query } from './operation.ts';
import { Preflight, aPreflight } from './preflight.ts';
import { SentRecipe, TrainingMethod, aRecipe } from './recipe.ts';
import { ListedRun, Series, ShownRun, aListedRun, aSha256, aShownRun } from './run.ts';

const RunId = Id('The run');

/** Another place than the project's own: for a run whose base retires. Both, or none. */
const Elsewhere = {
	connectionId: v.optional(Id('The connection')),
	baseModel: v.optional(
		v.pipe(
			v.string(),
			v.trim(),
			v.minLength(1, 'Choose a model'),
			v.maxLength(200, 'A model id has at most 200 characters')
		)
	)
};
const bothNeeded = 'Name the connection and the model that is trained there';

export const ListRuns = query({
	name: 'runs.list',
	summary: 'The runs of the project, the newest first unless another order is asked for',
	within: 'project',
	action: 'runs:see',
	input: v.object({
		sort: v.optional(v.picklist(runSorts, 'The list cannot be sorted by this')),
		order: v.optional(v.picklist(['up', 'down'], 'An order is up or down')),
		page: v.optional(whole('The page', 1, 1000), 1),
		/** Only older versions than this one: keyset paging, for the order by version. */
		before: v.optional(whole('A version', 1, 2_147_483_647)),
		limit: Limit
	}),
	/** What has no value yet is last in both directions. `older`: the `before` of the next page. */
	output: v.strictObject({
		rows: v.array(ListedRun),
		page: v.number(),
		pages: v.number(),
		older: v.nullable(v.number())
	}),
	errors: {},
	example: { input: { sort: 'cost', order: 'down' }, output: { rows: [aListedRun], page: 1, pages: 1, older: null } }
});

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
		output: aShownRun
	}
});

export const GetPreflight = query({
	name: 'runs.preflight',
	summary: 'What is worth knowing before a training: what blocks it or warns, what it costs, how long it takes',
	within: 'project',
	action: 'runs:see',
	/** `from`: an earlier run, whose method and settings are taken over; else those of the project. */
	long: true,
	input: v.pipe(
		v.object({ from: v.optional(RunId), method: v.optional(TrainingMethod), ...Elsewhere }),
		v.forward(
			v.check(({ connectionId, baseModel }) => (connectionId === undefined) === (baseModel === undefined), bothNeeded),
			['baseModel']
		)
	),
	output: Preflight,
	errors: {},
	example: { input: { from: ids.run }, output: aPreflight }
});

export const StartRun = command({
	name: 'runs.start',
	summary: 'Starts a training on the good examples of the training set, or on pairs of answers',
	within: 'project',
	action: 'runs:start',
	/** Whoever asks chooses `clientId`: asked twice with the same one, it is the same run. */
	long: true,
	input: v.pipe(
		v.object({
			clientId: Id('The id of this form'),
			method: v.optional(TrainingMethod, 'sft'),
			...SentRecipe.entries,
			...Elsewhere
		}),
		v.forward(
			v.check(({ connectionId, baseModel }) => (connectionId === undefined) === (baseModel === undefined), bothNeeded),
			['baseModel']
		)
	),
	output: v.strictObject({ ...ListedRun.entries, mark: v.string() }),
	errors: { conflict: 'Something on the checklist blocks the training, or another run is being sent.' },
	events: ['run.started', 'budget.reached'],
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
	events: ['run.cancelled', 'run.progressed'],
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
	long: true,
	input: v.object({
		runId: RunId,
		kind: Series
	}),
	output: File<RunFile>('application/jsonl'),
	errors: {},
	example: {
		input: { runId: ids.run, kind: 'train' },
		output: { name: 'support-5f2a9c01d4e7b386-train.jsonl', sha256: aSha256, pieces: (async function* () {})() }
	}
});
