import * as v from 'valibot';

const number = (what: string) =>
	v.pipe(
		v.union(
			[v.number(), v.pipe(v.string(), v.trim(), v.regex(/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i), v.transform(Number))],
			`${what} is a number`
		),
		v.finite(`${what} is a number`)
	);

/** A whole number between two limits, from JSON or from a form field. */
export const whole = (what: string, min: number, max: number) =>
	v.pipe(
		number(what),
		v.integer(`${what} is a whole number`),
		v.minValue(min, `${what} is at least ${min}`),
		v.maxValue(max, `${what} is at most ${max}`)
	);

/** A number between two limits, from JSON or from a form field. */
export const between = (what: string, min: number, max: number) =>
	v.pipe(number(what), v.minValue(min, `${what} is at least ${min}`), v.maxValue(max, `${what} is at most ${max}`));

/**
 * How a run trains: supervised fine-tuning with LoRA. Flat, because forms are flat. `learningRate` is absolute;
 * at OpenAI, which takes a multiplier, it is sent relative to `defaultRecipe.learningRate`.
 * Limits are the widest any provider accepts (reference/original.md §4); a provider's own are checked in preflight.
 */
export const Recipe = v.object({
	epochs: whole('Epochs', 1, 20),
	batchSize: whole('Batch size', 1, 128),
	learningRate: between('Learning rate', 1e-7, 0.01),
	loraRank: whole('LoRA rank', 1, 128),
	loraAlpha: whole('LoRA alpha', 1, 512),
	loraDropout: between('LoRA dropout', 0, 0.9),
	warmupRatio: between('Warmup ratio', 0, 1)
});
export type Recipe = v.InferOutput<typeof Recipe>;

export const defaultRecipe: Recipe = {
	epochs: 3,
	batchSize: 4,
	learningRate: 1e-5,
	loraRank: 16,
	loraAlpha: 32,
	loraDropout: 0.05,
	warmupRatio: 0
};

/** The two presets of the original (reference/original.md §4). */
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
