// What people see of a run, in two sizes, and of its serving: each field by name.
import * as v from 'valibot';
import { runStatuses } from '../core/runs/status.ts';
import { servingStatuses } from '../core/servings/serving.ts';
import { Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { Recipe, TrainingMethod, aRecipe } from './recipe.ts';

const Status = v.picklist(runStatuses);
/** Training, and what it is measured on. */
export const Series = v.picklist(['train', 'validation'], 'A run sends a train file and a validation file.');
export type RunFileKind = v.InferOutput<typeof Series>;

/** A run as lists show it. */
export const ListedRun = v.strictObject({
	id: v.string(),
	/** What people call it: v3. */
	version: v.number(),
	status: Status,
	baseModel: v.string(),
	/** The name of what came out; null until there is one. */
	model: v.nullable(v.string()),
	method: TrainingMethod,
	recipe: Recipe,
	/** Examples, or pairs. */
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

export const aListedRun = {
	id: ids.run,
	version: 3,
	status: 'training',
	baseModel: 'sandbox-small',
	model: null,
	method: 'sft',
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
export const ShownRun = v.strictObject({
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
		/** What the provider's own tokenizer counted before the order; null: `tokens` is all there is, and an estimate. */
		counted: v.nullable(
			v.strictObject({
				rows: v.number(),
				tokens: v.number(),
				longestTokens: v.number(),
				contextTokens: v.number()
			})
		),
		/** While its files are being written: how many examples, or pairs, of about how many stand in them. null: they are whole. */
		preparing: v.nullable(v.strictObject({ taken: v.number(), expected: v.number() })),
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
	files: v.array(
		v.strictObject({
			kind: Series,
			sha256: v.string(),
			byteCount: v.number(),
			/** Its bytes are gone since then. */
			removedAt: v.nullable(Time)
		})
	),
	serving: v.nullable(Serving)
});
export type ShownRun = v.InferInput<typeof ShownRun>;

export const aSha256 = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

export const aShownRun: v.InferOutput<typeof ShownRun> = {
	run: {
		...aListedRun,
		seed: 1_234_567,
		mark: 'support-5f2a9c01d4e7b386',
		jobId: 'ft-1',
		modelObject: null,
		providerStatus: 'running',
		tokens: 24_000,
		counted: { rows: 100, tokens: 20_412, longestTokens: 612, contextTokens: 32_768 },
		preparing: null,
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
	files: [{ kind: 'train', sha256: aSha256, byteCount: 48_211, removedAt: null }],
	serving: null
};
