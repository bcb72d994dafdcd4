import { expect, test } from 'vitest';
import { movedRecipe, movedSentence } from '../../../src/lib/core/runs/moving.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';

const openai = { baseModel: 'gpt-4.1-mini', provider: 'openai', place: 'OpenAI' };
const together = { baseModel: 'Qwen/Qwen3.5-9B', provider: 'together', place: 'Together.ai' };
const nebius = { ...together, provider: 'nebius', place: 'Nebius Token Factory' };

test.each([
	[0.5, presets.sft.conservative.learningRate],
	[1, presets.sft.balanced.learningRate],
	[3, presets.sft.aggressive.learningRate]
])('a multiplier of %s becomes the rate of the preset that is as bold', (rateMultiplier, learningRate) => {
	const recipe = { ...presets.sft.balanced, epochs: 7, rateMultiplier, learningRate: 0.009 };
	expect(movedRecipe(recipe, 'sft', openai, together)).toEqual({ ...recipe, learningRate });
});

test('a rate becomes a multiplier, of the method it is for', () => {
	const recipe = { ...presets.dpo.aggressive, rateMultiplier: 1 };
	expect(movedRecipe(recipe, 'dpo', together, openai)).toEqual({ ...recipe, rateMultiplier: 2 });
});

test('where both speak of the same kind of rate, nothing changes', () => {
	expect(movedRecipe(presets.sft.aggressive, 'sft', together, nebius)).toEqual(presets.sft.aggressive);
});

test('what is otherwise is said, and the rate only where it is', () => {
	const said = movedSentence(3, presets.sft.balanced, 'sft', openai, together);
	expect(said).toMatch(
		/^v3 learnt from gpt-4\.1-mini at OpenAI; this run learns from Qwen\/Qwen3\.5-9B at Together\.ai, /
	);
	expect(said).toMatch(/the same locked validation set\./);
	expect(said).toMatch(/In place of a learning rate multiplier of 1 it has a learning rate of 0\.0002: /);
	expect(said).toMatch(/losses cannot be laid beside those of v3/);
	expect(movedSentence(3, presets.sft.balanced, 'sft', together, nebius)).not.toMatch(/In place of/);
});
