type Setting = {
	label: string;
	hint: string;
	min: number;
	max: number;
	/** Only whole numbers. */
	isWhole: boolean;
};

/**
 * What a person can set for a training: supervised fine-tuning with LoRA. One table for the form, the contract and the
 * sentences. Limits are the widest any provider accepts; a provider's own are checked in preflight.
 */
export const recipeSettings = {
	epochs: { label: 'Epochs', hint: 'Passes over the training set, 1 to 20.', min: 1, max: 20, isWhole: true },
	batchSize: { label: 'Batch size', hint: 'Examples per step, 1 to 128.', min: 1, max: 128, isWhole: true },
	learningRate: { label: 'Learning rate', hint: '0.0000001 to 0.01.', min: 1e-7, max: 0.01, isWhole: false },
	loraRank: { label: 'LoRA rank', hint: 'Room to learn, 1 to 128.', min: 1, max: 128, isWhole: true },
	loraAlpha: { label: 'LoRA alpha', hint: 'Usually twice the rank, 1 to 512.', min: 1, max: 512, isWhole: true },
	loraDropout: { label: 'LoRA dropout', hint: 'Against overfitting, 0 to 0.9.', min: 0, max: 0.9, isWhole: false },
	warmupRatio: { label: 'Warmup ratio', hint: 'Share of steps to warm up, 0 to 1.', min: 0, max: 1, isWhole: false }
} as const satisfies Record<string, Setting>;

export type RecipeSetting = keyof typeof recipeSettings;

/**
 * How a run trains. Flat, because forms are flat. `learningRate` is absolute; at OpenAI, which takes a multiplier, it is
 * sent relative to `defaultRecipe.learningRate`.
 */
export type Recipe = Record<RecipeSetting, number>;

export const defaultRecipe: Recipe = {
	epochs: 3,
	batchSize: 4,
	learningRate: 1e-5,
	loraRank: 16,
	loraAlpha: 32,
	loraDropout: 0.05,
	warmupRatio: 0
};

/** Two ways to begin: careful, and bold. */
export const presets = {
	conservative: defaultRecipe,
	aggressive: {
		epochs: 5,
		batchSize: 8,
		learningRate: 1e-4,
		loraRank: 32,
		loraAlpha: 64,
		loraDropout: 0.1,
		warmupRatio: 0.05
	}
} satisfies Record<string, Recipe>;
