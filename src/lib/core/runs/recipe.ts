import type { Method } from './method.ts';

export type Setting = {
	label: string;
	hint: string;
	min: number;
	max: number;
	/** Only whole numbers. */
	isWhole: boolean;
	/** The one method that has it; the others are sent without. */
	only?: Method;
};

/**
 * What a person can set for a training with LoRA. One table for the form, the contract and the
 * sentences. Limits are the widest any provider accepts; a provider's own are checked in preflight.
 */
export const recipeSettings = {
	epochs: { label: 'Epochs', hint: 'Passes over the training set, 1 to 20.', min: 1, max: 20, isWhole: true },
	batchSize: { label: 'Batch size', hint: 'Examples per step, 1 to 128.', min: 1, max: 128, isWhole: true },
	learningRate: { label: 'Learning rate', hint: '0.0000001 to 0.01.', min: 1e-7, max: 0.01, isWhole: false },
	rateMultiplier: {
		label: 'Learning rate multiplier',
		hint: 'Times the rate that the provider chooses, 0.01 to 100.',
		min: 0.01,
		max: 100,
		isWhole: false
	},
	loraRank: { label: 'LoRA rank', hint: 'Room to learn, 1 to 128.', min: 1, max: 128, isWhole: true },
	loraAlpha: { label: 'LoRA alpha', hint: 'Usually twice the rank, 1 to 512.', min: 1, max: 512, isWhole: true },
	loraDropout: { label: 'LoRA dropout', hint: 'Against overfitting, 0 to 0.9.', min: 0, max: 0.9, isWhole: false },
	warmupRatio: { label: 'Warmup ratio', hint: 'Share of steps to warm up, 0 to 1.', min: 0, max: 1, isWhole: false },
	beta: {
		label: 'Beta',
		hint: 'How close it stays to the base model, 0.01 to 2; a smaller one goes further.',
		min: 0.01,
		max: 2,
		isWhole: false,
		only: 'dpo'
	}
} as const satisfies Record<string, Setting>;

export type RecipeSetting = keyof typeof recipeSettings;

/**
 * How a run trains. Flat, because forms are flat. Of `learningRate` and `rateMultiplier` a provider takes one (`rateOf`), and `beta`
 * means nothing where there are no preferences.
 */
export type Recipe = Record<RecipeSetting, number>;

const multiplying = new Set(['openai', 'own-server', 'openai-compatible']);

/** Which of the two says how far each step goes: an absolute rate, or, where the protocol is OpenAI's, a multiple of its own. */
export const rateOf = (provider: string | null): 'learningRate' | 'rateMultiplier' =>
	multiplying.has(provider ?? '') ? 'rateMultiplier' : 'learningRate';

/** What both methods begin with: careful, usual and bold. */
const steps = {
	conservative: { batchSize: 4, rateMultiplier: 0.5, loraRank: 16, loraAlpha: 32, loraDropout: 0.05 },
	balanced: { batchSize: 4, rateMultiplier: 1, loraRank: 16, loraAlpha: 32, loraDropout: 0.05 },
	aggressive: { batchSize: 8, rateMultiplier: 2, loraRank: 32, loraAlpha: 64, loraDropout: 0.1 }
};
export type Preset = keyof typeof steps;

/**
 * The presets of each method. An adapter takes larger steps than a whole model: 0.00001, right for that, hardly moves it. Preferences
 * pull harder than examples, so their steps are a tenth or less, and few passes are enough.
 */
export const presets = {
	sft: {
		conservative: { ...steps.conservative, epochs: 3, learningRate: 1e-4, warmupRatio: 0, beta: 0.1 },
		balanced: { ...steps.balanced, epochs: 3, learningRate: 2e-4, warmupRatio: 0, beta: 0.1 },
		aggressive: { ...steps.aggressive, epochs: 5, learningRate: 5e-4, warmupRatio: 0.05, beta: 0.1 }
	},
	dpo: {
		conservative: { ...steps.conservative, epochs: 1, learningRate: 6e-6, warmupRatio: 0.05, beta: 0.3 },
		balanced: { ...steps.balanced, epochs: 2, learningRate: 1e-5, warmupRatio: 0.05, beta: 0.1 },
		aggressive: { ...steps.aggressive, epochs: 3, learningRate: 2e-5, warmupRatio: 0.1, beta: 0.05 }
	}
} satisfies Record<Method, Record<Preset, Recipe>>;

export const defaultRecipe: Recipe = presets.sft.balanced;

/**
 * Rates of LoRA at which something goes wrong, by method. Measured for `sft` on a small model with rank 16 and 30 steps, validation
 * loss 3.71 before: 3.56 with 1e-5, 3.04 with 2e-4, 3.12 with 5e-4, 3.38 with 1e-3. Preferences (`dpo`) take smaller steps.
 */
const usualRates: Record<Method, { tooLow: number; from: number; to: number; tooHigh: number }> = {
	sft: { tooLow: 5e-5, from: 1e-4, to: 5e-4, tooHigh: 1e-3 },
	dpo: { tooLow: 1e-6, from: 5e-6, to: 2e-5, tooHigh: 1e-4 }
};

/** A rate as people write it: 0.0001, not 1e-4. */
export const formatRate = (rate: number): string => rate.toLocaleString('en', { maximumSignificantDigits: 3 });

/** What this learning rate of an adapter will do, where it is no good; null where it is, or is not filled in. */
export const rateWarning = (rate: number | null, method: Method = 'sft'): string | null => {
	const { tooLow, from, to, tooHigh } = usualRates[method];
	if (rate === null || (rate > tooLow && rate < tooHigh)) return null;
	const usual = `${formatRate(from)} to ${formatRate(to)} is usual`;
	return rate <= tooLow
		? `A learning rate of ${formatRate(rate)} hardly changes the model: ${usual} for LoRA.`
		: `A learning rate of ${formatRate(rate)} may spoil what the model knows: ${usual} for LoRA.`;
};
