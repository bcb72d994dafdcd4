import * as v from 'valibot';
import { splits } from '../core/splits/plan.ts';
import { Chosen } from './examples.ts';
import { NoOutput, between, whole } from './fields.ts';
import { ids } from './ids.ts';
import { command, query } from './operation.ts';

export const SplitRequest = v.object({
	/** The share of train. */
	ratio: v.optional(between('The share of train', 0.6, 0.95), 0.8),
	/** The same seed gives the same split, in every project and on every machine. */
	seed: v.optional(whole('The seed', 0, 2_147_483_647), 1)
});
export type SplitRequest = v.InferOutput<typeof SplitRequest>;

const Side = v.strictObject({
	side: v.picklist(splits),
	count: v.number(),
	/** As a training counts them: those below the threshold do not train. */
	tokens: v.number(),
	/** Some run has learnt from them. */
	trained: v.number(),
	/** Rated at the project's threshold or above it. */
	quality: v.number(),
	averageRating: v.nullable(v.number()),
	/** How many have each rating from 1 to 10. */
	bars: v.pipe(v.array(v.number()), v.length(10))
});
export type SplitSide = v.InferOutput<typeof Side>;

const Preview = v.strictObject({
	/** Good examples in all, and where they are after the moves. */
	qualified: v.number(),
	train: v.number(),
	validation: v.number(),
	toTrain: v.number(),
	toValidation: v.number(),
	/** Left alone: their prompt is both trained on and in validation, so either side would leak. */
	conflicts: v.number(),
	/** New examples that are still being compared with the others; until then nothing moves. */
	waiting: v.nullable(v.number()),
	/** Validation per rating after the moves, best rating first. */
	byRating: v.array(v.strictObject({ rating: v.number(), qualified: v.number(), validation: v.number() })),
	sentence: v.string(),
	/** What a comparison on validation can tell afterwards; whether a verdict is possible at all. */
	proves: v.strictObject({ possible: v.boolean(), sentence: v.string() })
});
export type SplitPreview = v.InferOutput<typeof Preview>;

const Moved = v.strictObject({ moved: v.number() });

const empty = {
	count: 0,
	tokens: 0,
	trained: 0,
	quality: 0,
	averageRating: null,
	bars: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
};

export const GetSplit = query({
	name: 'splits.get',
	summary: 'What is unassigned, in train and in validation, with ratings and tokens',
	within: 'project',
	action: 'splits:see',
	input: v.object({}),
	output: v.array(Side),
	errors: {},
	example: {
		input: {},
		output: [
			{ side: 'unassigned', ...empty },
			{
				side: 'train',
				count: 1,
				tokens: 18,
				trained: 0,
				quality: 1,
				averageRating: 8,
				bars: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
			},
			{ side: 'validation', ...empty }
		]
	}
});

export const PreviewSplit = query({
	name: 'splits.preview',
	summary: 'What an automatic split would move; nothing moves yet',
	within: 'project',
	action: 'splits:see',
	long: true,
	input: SplitRequest,
	output: Preview,
	writing: true,
	events: ['split.parted'],
	errors: {},
	example: {
		input: { ratio: 0.8, seed: 1 },
		output: {
			qualified: 40,
			train: 32,
			validation: 8,
			toTrain: 32,
			toValidation: 8,
			conflicts: 0,
			waiting: 0,
			byRating: [{ rating: 9, qualified: 40, validation: 8 }],
			sentence: '32 to train, 8 to validation. Nothing that has a place moves.',
			proves: {
				possible: false,
				sentence: '8 prompts can hardly give a verdict; 12 with a clear winner are the least.'
			}
		}
	}
});

const Asking = v.strictObject({ id: v.string(), number: v.number(), input: v.string(), side: v.picklist(splits) });

const Twins = v.strictObject({
	/** The newest fifty, each with one that it is near: with one in validation, where there is any. */
	rows: v.array(v.strictObject({ example: Asking, twin: Asking })),
	/** How many examples have a twin. */
	count: v.number(),
	/** New examples that are still being compared with the others. */
	waiting: v.nullable(v.number())
});
export type Twins = v.InferInput<typeof Twins>;

export const ListTwins = query({
	name: 'splits.twins',
	summary: 'Examples that nearly ask the same as another one, side by side with it: they go to one side together',
	within: 'project',
	action: 'splits:see',
	long: true,
	input: v.object({}),
	output: Twins,
	errors: {},
	example: {
		input: {},
		output: {
			rows: [
				{
					example: {
						id: ids.example,
						number: 41,
						input: 'Hi! Do you ship to Norway, and how long does it take?',
						side: 'unassigned'
					},
					twin: {
						id: ids.example,
						number: 12,
						input: 'Do you ship to Norway, and how long does it take?',
						side: 'validation'
					}
				}
			],
			count: 1,
			waiting: 0
		}
	}
});

export const CompareNew = query({
	name: 'splits.compare',
	summary: 'Finds out which new examples nearly ask the same as others, before it is shown; of many a job does it',
	within: 'project',
	action: 'splits:see',
	input: v.object({}),
	output: NoOutput,
	writing: true,
	events: ['split.parted'],
	errors: {},
	example: { input: {}, output: null }
});

export const ApplySplit = command({
	name: 'splits.apply',
	summary: 'Gives every good example that has no place one, in train or in validation',
	within: 'project',
	action: 'splits:edit',
	long: true,
	input: SplitRequest,
	output: Moved,
	errors: { conflict: 'New examples are still being compared with the others. Try again in a moment.' },
	events: ['split.applied', 'split.parted'],
	example: { input: { ratio: 0.8, seed: 1 }, output: { moved: 40 } }
});

export const MoveExamples = command({
	name: 'splits.move',
	summary: 'Moves examples to train, to validation, or back to unassigned: all of them or none',
	within: 'project',
	action: 'splits:edit',
	long: true,
	input: v.object(
		{ ids: Chosen, side: v.picklist(splits, 'Choose train, validation or unassigned') },
		'Choose examples and a side'
	),
	output: Moved,
	errors: {
		conflict:
			'One is locked in validation, has been trained on, or asks the same, or nearly the same, as one on the other side; or new ones are still being compared.'
	},
	events: ['split.moved', 'split.parted'],
	example: { input: { ids: [ids.example], side: 'train' }, output: { moved: 1 } }
});
