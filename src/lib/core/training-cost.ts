import { type CostEstimate, estimateCost } from './cost.ts';
import type { Recipe } from './recipe.ts';

/** Tokens of one pass over the training set and over the validation set. */
export type TrainingTokens = { tokens: number; validationTokens: number };

/** What a run costs: the same figure on the checklist, in the dialog and in the run. The validation set is measured once per epoch. */
export const trainingCost = (
	{ tokens, validationTokens }: TrainingTokens,
	{ epochs }: Pick<Recipe, 'epochs'>,
	centsPerMillion: number | null
): CostEstimate =>
	estimateCost({ tokens, epochs, validationTokens, evaluations: validationTokens > 0 ? epochs : 0, centsPerMillion });
