import type { Recipe } from './recipe.ts';

/** What a provider accepts for one model, least and most; a setting that is missing is not limited beyond our own. */
export type RecipeLimits = Partial<Record<keyof Recipe, [least: number, most: number]>>;

const names: Record<keyof Recipe, string> = {
	epochs: 'epochs',
	batchSize: 'a batch size',
	learningRate: 'a learning rate',
	rateMultiplier: 'a learning rate multiplier',
	loraRank: 'a LoRA rank',
	loraAlpha: 'a LoRA alpha',
	loraDropout: 'a LoRA dropout',
	warmupRatio: 'a warmup ratio',
	beta: 'a beta'
};

/** The first setting the provider does not accept, with its sentence; null when it accepts all. Empty fields are not judged. */
export const limitProblem = (
	recipe: { [K in keyof Recipe]: number | null },
	limits: RecipeLimits | null
): { field: keyof Recipe; sentence: string } | null => {
	for (const [name, [least, most]] of Object.entries(limits ?? {}) as [keyof Recipe, [number, number]][]) {
		const value = recipe[name];
		if (value === null || (value >= least && value <= most)) continue;
		const which = least === most ? `of ${least} and no other` : `from ${least} to ${most}`;
		return { field: name, sentence: `For this model the provider accepts ${names[name]} ${which}.` };
	}
	return null;
};

/** The nearest settings that the provider accepts, and one sentence for each that had to give way: nobody has chosen them for this model. */
export const fittedTo = (recipe: Recipe, limits: RecipeLimits | null): { recipe: Recipe; changes: string[] } => {
	const fitted = { ...recipe };
	const changes: string[] = [];
	for (;;) {
		const wrong = limitProblem(fitted, limits);
		if (!wrong) return { recipe: fitted, changes };
		const [least, most] = limits![wrong.field]!;
		const value = Math.min(most, Math.max(least, fitted[wrong.field]));
		// also where it is no number at all
		if (Object.is(value, fitted[wrong.field])) return { recipe: fitted, changes };
		changes.push(`${wrong.sentence} It is ${value} here, in place of ${fitted[wrong.field]}.`);
		fitted[wrong.field] = value;
	}
};
