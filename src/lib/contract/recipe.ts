import * as v from 'valibot';
import { methods } from '../core/runs/method.ts';
import { type RecipeSetting, recipeSettings } from '../core/runs/recipe.ts';
import { between, whole } from './fields.ts';

const setting = (name: RecipeSetting) => {
	const { label, min, max, isWhole } = recipeSettings[name];
	return isWhole ? whole(label, min, max) : between(label, min, max);
};

/** How a run trains, within the limits of core/runs/recipe. */
export const Recipe = v.object({
	epochs: setting('epochs'),
	batchSize: setting('batchSize'),
	learningRate: setting('learningRate'),
	/** Only where the protocol is OpenAI's, which takes it in place of the rate. */
	rateMultiplier: setting('rateMultiplier'),
	loraRank: setting('loraRank'),
	loraAlpha: setting('loraAlpha'),
	loraDropout: setting('loraDropout'),
	warmupRatio: setting('warmupRatio'),
	/** Only of a training with preferences. */
	beta: setting('beta')
});

export const TrainingMethod = v.picklist(methods, 'A training is one with examples (sft) or with preferences (dpo).');

/** The same as a person or a script sends it: who does not know the multiplier, or beta, need not name it. */
export const SentRecipe = v.object({
	...Recipe.entries,
	rateMultiplier: v.optional(setting('rateMultiplier'), 1),
	beta: v.optional(setting('beta'), 0.1)
});

export const aRecipe: v.InferInput<typeof Recipe> = {
	epochs: 3,
	batchSize: 4,
	learningRate: 0.0002,
	rateMultiplier: 1,
	loraRank: 16,
	loraAlpha: 32,
	loraDropout: 0.05,
	warmupRatio: 0,
	beta: 0.1
};
