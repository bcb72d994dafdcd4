import { methods } from '../../lib/core/runs/method.ts';
import { defaultRecipe, recipeSettings } from '../../lib/core/runs/recipe.ts';
import { type Flag, command } from '../command.ts';

/** A setting of the recipe, with its limits from the one table of them. */
const setting = (name: keyof typeof recipeSettings) => {
	const { label, hint, min, max, isWhole } = recipeSettings[name];
	const words = `${label}. ${hint} (${defaultRecipe[name]} as a rule)`;
	return { kind: 'number', value: 'n', words, min, max, ...(isWhole && { isWhole: true as const }) } satisfies Flag;
};

export const train = command({
	name: 'train',
	group: 'Training',
	summary: 'Check everything, show the price, ask, and start a training',
	more: [
		"The checklist is the app's: what blocks is named with what mends it, and nothing is sent (exit code 3). What is sent is kept to the byte in data/runs/v1, v2 and so on, so that nothing that was learnt from ever measures.",
		'An order whose answer got lost is looked for at the provider before anything is ordered again: nobody pays twice.'
	],
	quietly: 'the run, as v1',
	flags: {
		'dry-run': { kind: 'switch', words: 'Only the checklist, the price and the time' },
		method: {
			kind: 'choice',
			of: methods,
			words: 'sft learns to answer as the good examples do; dpo which of two answers is better, from rewrites',
			default: 'sft'
		},
		preset: {
			kind: 'choice',
			of: ['conservative', 'balanced', 'aggressive'],
			words: 'Where the settings begin',
			default: 'balanced'
		},
		epochs: setting('epochs'),
		'batch-size': setting('batchSize'),
		'learning-rate': setting('learningRate'),
		'rate-multiplier': setting('rateMultiplier'),
		'lora-r': setting('loraRank'),
		'lora-alpha': setting('loraAlpha'),
		'lora-dropout': setting('loraDropout'),
		'warmup-ratio': setting('warmupRatio'),
		beta: setting('beta'),
		watch: { kind: 'switch', words: 'Stay until it is over' },
		yes: { kind: 'switch', short: 'y', words: 'Do not ask' }
	},
	examples: [
		{ run: 'ait train --dry-run', says: 'What a training would cost, and what stands in its way.' },
		{
			run: 'ait train --method dpo --dry-run',
			says: 'The same with preferences: each rewrite over the answer it improves.'
		},
		{ run: 'ait train --epochs 2 --yes --watch', says: 'Starts one and waits for its end.' }
	]
});
