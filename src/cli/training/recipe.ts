import { type Recipe, presets } from '../../lib/core/runs/recipe.ts';

/** The flags of `ait train` as they are called, some as the original called them. */
const flagOf = {
	epochs: 'epochs',
	batchSize: 'batch-size',
	learningRate: 'learning-rate',
	rateMultiplier: 'rate-multiplier',
	loraRank: 'lora-r',
	loraAlpha: 'lora-alpha',
	loraDropout: 'lora-dropout',
	warmupRatio: 'warmup-ratio'
} as const satisfies Record<keyof Recipe, string>;

type Flags = { preset: keyof typeof presets } & { [Name in (typeof flagOf)[keyof Recipe]]: number | undefined };

/** A preset with what was said besides. */
export const recipeOf = (flags: Flags): Recipe => {
	const recipe: Recipe = { ...presets[flags.preset] };
	for (const [setting, flag] of Object.entries(flagOf) as [keyof Recipe, (typeof flagOf)[keyof Recipe]][]) {
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
