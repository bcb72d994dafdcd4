import type { TrainingPrice } from '../connections/prices.ts';
import { type CostEstimate, estimateCost } from './cost.ts';
import type { Recipe } from './recipe.ts';

/** Tokens of one pass over the training set and over the validation set. */
export type TrainingTokens = { tokens: number; validationTokens: number };

/** How often the loss on validation is measured, and billed: twice an epoch, at least 4 and at most 10 times, as it is ordered. */
const evaluationsOf = (epochs: number) => Math.min(10, Math.max(4, 2 * epochs));

/** What a run costs: the same figure on the checklist, in the dialog and in the run. */
export const trainingCost = (
	{ tokens, validationTokens }: TrainingTokens,
	{ epochs }: Pick<Recipe, 'epochs'>,
	price: TrainingPrice
): CostEstimate =>
	estimateCost({
		tokens,
		epochs,
		validationTokens,
		evaluations: evaluationsOf(epochs),
		...price
	});
