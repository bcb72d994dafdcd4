import * as v from 'valibot';
import { ids } from './ids.ts';
import { PairCounts } from './pairs.ts';
import { Recipe, TrainingMethod, aRecipe } from './recipe.ts';

const Finding = v.strictObject({
	id: v.string(),
	/** `block`: training cannot start. */
	level: v.picklist(['block', 'warn', 'ok']),
	title: v.string(),
	sentence: v.string(),
	/** The page on which it can be mended. */
	fix: v.optional(v.picklist(['rate', 'split', 'examples', 'settings', 'model', 'move', 'recipe', 'pairs', 'method'])),
	/** The first of the examples it is about. */
	examples: v.optional(v.array(v.strictObject({ id: v.string(), number: v.number() })))
});

/** Least and most. */
const Range = v.optional(v.strictTuple([v.number(), v.number()]));

/** The checklist before a training, with price and duration. */
export const Preflight = v.strictObject({
	/** The earlier run whose settings these are. */
	from: v.nullable(v.strictObject({ id: v.string(), version: v.number() })),
	/** Trained elsewhere than the project has it: where, and what is otherwise than in `from`, in words. */
	elsewhere: v.nullable(v.strictObject({ connectionId: v.string(), sentence: v.string() })),
	findings: v.array(Finding),
	/** No finding blocks. */
	isClear: v.boolean(),
	method: TrainingMethod,
	/** What the provider offers. */
	methods: v.array(TrainingMethod),
	/** Of a training with preferences. */
	pairs: v.nullable(PairCounts),
	recipe: Recipe,
	baseModel: v.string(),
	providerName: v.string(),
	isSandbox: v.boolean(),
	/** Which setting says how far each step goes. */
	rate: v.picklist(['learningRate', 'rateMultiplier']),
	/** What would be sent. */
	trainCount: v.number(),
	validationCount: v.number(),
	/** Of one pass over the training set, and over the validation set. */
	tokens: v.number(),
	validationTokens: v.number(),
	/** null: the price is not known. */
	centsPerMillion: v.nullable(v.number()),
	/** What the provider charges at least. */
	minimumCents: v.number(),
	/** Where the price is from, and of which day; null: from the provider, now. */
	priceNote: v.nullable(v.string()),
	/** What the provider accepts for this model, where it says so. */
	limits: v.nullable(
		v.strictObject({
			epochs: Range,
			batchSize: Range,
			learningRate: Range,
			rateMultiplier: Range,
			loraRank: Range,
			loraAlpha: Range,
			loraDropout: Range,
			warmupRatio: Range,
			beta: Range
		})
	),
	/** `cents` null: the price is not known. */
	cost: v.strictObject({ cents: v.nullable(v.number()), billedTokens: v.number(), basis: v.string() }),
	/** What the project may spend this month, and has. */
	budget: v.strictObject({ budgetCents: v.nullable(v.number()), spentCents: v.number() }),
	duration: v.strictObject({ fromMinutes: v.number(), toMinutes: v.number(), basis: v.string() }),
	/** Earlier runs on the same model, for a duration that follows the recipe as it is edited. */
	past: v.array(v.strictObject({ billedTokens: v.number(), minutes: v.number() })),
	/** The newest run, and what is different now. */
	lastRun: v.nullable(
		v.strictObject({
			version: v.number(),
			newExamples: v.number(),
			removedExamples: v.number(),
			recipeChanged: v.boolean(),
			/** It was trained the other way. */
			methodChanged: v.boolean()
		})
	)
});

export const aPreflight: v.InferOutput<typeof Preflight> = {
	from: { id: ids.run, version: 3 },
	elsewhere: null,
	findings: [
		{ id: 'quality', level: 'ok', title: 'Good examples', sentence: '150 examples rated 8 or better.' },
		{
			id: 'contested',
			level: 'warn',
			title: 'Agreement',
			sentence: 'Raters disagree about 2 examples in train. Talk about them first.',
			fix: 'rate'
		}
	],
	isClear: true,
	method: 'sft',
	methods: ['sft', 'dpo'],
	pairs: null,
	recipe: aRecipe,
	baseModel: 'sandbox-small',
	providerName: 'Sandbox',
	isSandbox: true,
	rate: 'learningRate',
	trainCount: 120,
	validationCount: 30,
	tokens: 24_000,
	validationTokens: 6_000,
	centsPerMillion: 48,
	minimumCents: 400,
	priceNote: 'price of 2026-05-08',
	limits: { loraRank: [1, 64] },
	cost: { cents: 6, billedTokens: 108_000, basis: 'About 24,000 tokens × 3 epochs at $0.48 per million.' },
	budget: { budgetCents: 5000, spentCents: 1260 },
	duration: { fromMinutes: 0.3, toMinutes: 3.2, basis: 'The sandbox trains a small pretend model.' },
	past: [],
	lastRun: { version: 3, newExamples: 12, removedExamples: 0, recipeChanged: false, methodChanged: false }
};
