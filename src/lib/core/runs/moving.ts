import type { Method } from './method.ts';
import { type Preset, type Recipe, formatRate, presets, rateOf } from './recipe.ts';

/** Where a run was, or will be, trained. `provider` by its id, `place` as people call it. */
export type Place = { baseModel: string; provider: string | null; place: string };

/** The preset whose step is nearest to a recipe's, as a factor. */
const nearest = (recipe: Recipe, method: Method, by: 'learningRate' | 'rateMultiplier'): Preset => {
	const names = Object.keys(presets[method]) as Preset[];
	const distance = (name: Preset) => Math.abs(Math.log(presets[method][name][by] / recipe[by]));
	return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
};

/**
 * The settings of a run, said anew for another provider: one that takes an absolute rate has no word for a multiple of what another chose
 * by itself, nor the other way round, so the preset of about the same boldness takes its place. Everything else stays.
 */
export const movedRecipe = (recipe: Recipe, method: Method, from: Place, to: Place): Recipe => {
	const [was, is] = [rateOf(from.provider), rateOf(to.provider)];
	if (was === is) return recipe;
	const preset = presets[method][nearest(recipe, method, was)];
	return { ...recipe, [is]: preset[is] };
};

/** What is otherwise than in the run it comes from, and what is not, in a sentence or three. */
export const movedSentence = (version: number, recipe: Recipe, method: Method, from: Place, to: Place): string => {
	const data = `v${version} learnt from ${from.baseModel} at ${from.place}; this run learns from ${to.baseModel} at ${to.place}, on today’s training set and the same locked validation set.`;
	const [was, is] = [rateOf(from.provider), rateOf(to.provider)];
	const moved = movedRecipe(recipe, method, from, to);
	const written = { learningRate: 'a learning rate of', rateMultiplier: 'a learning rate multiplier of' };
	const rate =
		was === is
			? ''
			: ` In place of ${written[was]} ${formatRate(recipe[was])} it has ${written[is]} ${formatRate(moved[is])}: the usual one of that boldness there, not the same step.`;
	return `${data}${rate} Another base is another model: its losses cannot be laid beside those of v${version}, only a comparison of their answers tells which is better.`;
};
