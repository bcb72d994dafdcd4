import type { Method } from '../../lib/core/runs/method.ts';
import { type Preset, type Recipe, type Setting, presets, recipeSettings } from '../../lib/core/runs/recipe.ts';
import { Failure } from '../exit-codes.ts';

/** The flags of `ait train`; some are called as the original called them. */
const flagOf = {
	epochs: 'epochs',
	batchSize: 'batch-size',
	learningRate: 'learning-rate',
	rateMultiplier: 'rate-multiplier',
	loraRank: 'lora-r',
	loraAlpha: 'lora-alpha',
	loraDropout: 'lora-dropout',
	warmupRatio: 'warmup-ratio',
	beta: 'beta'
} as const satisfies Record<keyof Recipe, string>;
type Flagged = keyof typeof flagOf;

type Flags = { method: Method; preset: Preset } & { [Name in (typeof flagOf)[Flagged]]: number | undefined };

/** A preset of the method with what was said besides. Throws a *usage* failure for what the method does not have. */
export const recipeOf = (flags: Flags): Recipe => {
	const recipe: Recipe = { ...presets[flags.method][flags.preset] };
	for (const [setting, flag] of Object.entries(flagOf) as [Flagged, (typeof flagOf)[Flagged]][]) {
		const value = flags[flag];
		if (value === undefined) continue;
		const { only } = recipeSettings[setting] as Setting;
		if (only && only !== flags.method)
			throw new Failure(
				`--${flag} is for --method ${only} alone.`,
				`ait train --method ${only} --${flag} ${value}`,
				'usage'
			);
		recipe[setting] = value;
	}
	return recipe;
};

/** As the original writes a run's settings down. */
export const hyperparametersOf = ({ epochs, batchSize, learningRate, loraRank, loraAlpha }: Recipe) => ({
	epochs,
	batchSize,
	learningRate,
	loraR: loraRank,
	loraAlpha
});
