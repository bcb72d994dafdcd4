import * as v from 'valibot';
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
	loraRank: setting('loraRank'),
	loraAlpha: setting('loraAlpha'),
	loraDropout: setting('loraDropout'),
	warmupRatio: setting('warmupRatio')
});

export const aRecipe: v.InferInput<typeof Recipe> = {
	epochs: 3,
	batchSize: 4,
	learningRate: 0.00001,
	loraRank: 16,
	loraAlpha: 32,
	loraDropout: 0.05,
	warmupRatio: 0
};
