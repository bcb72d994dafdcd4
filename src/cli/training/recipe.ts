import { type Preset, type Recipe, presets } from '../../lib/core/runs/recipe.ts';

/** The flags of `ait train`, which trains with examples; some are called as the original called them. */
const flagOf = {
	epochs: 'epochs',
	batchSize: 'batch-size',
	learningRate: 'learning-rate',
	rateMultiplier: 'rate-multiplier',
	loraRank: 'lora-r',
	loraAlpha: 'lora-alpha',
	loraDropout: 'lora-dropout',
	warmupRatio: 'warmup-ratio'
} as const satisfies Record<Exclude<keyof Recipe, 'beta'>, string>;
type Flagged = keyof typeof flagOf;

type Flags = { preset: Preset } & { [Name in (typeof flagOf)[Flagged]]: number | undefined };

/** A preset with what was said besides. */
export const recipeOf = (flags: Flags): Recipe => {
	const recipe: Recipe = { ...presets.sft[flags.preset] };
	for (const [setting, flag] of Object.entries(flagOf) as [Flagged, (typeof flagOf)[Flagged]][]) {
		const value = flags[flag];
		if (value !== undefined) recipe[setting] = value;
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
