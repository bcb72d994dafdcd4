import { expect, test } from 'vitest';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { limitProblem } from '../../../src/lib/core/runs/recipe-limits.ts';

test('the first setting outside the limits is named with what is accepted', () => {
	expect(limitProblem({ ...defaultRecipe, loraRank: 65 }, { epochs: [1, 20], loraRank: [1, 64] })).toEqual({
		field: 'loraRank',
		sentence: 'For this model the provider accepts a LoRA rank from 1 to 64.'
	});
});

test('limits themselves are accepted, and empty fields are not judged here', () => {
	expect(limitProblem({ ...defaultRecipe, epochs: 20 }, { epochs: [2, 20] })).toBeNull();
	expect(limitProblem({ ...defaultRecipe, epochs: 2 }, { epochs: [2, 20] })).toBeNull();
	expect(limitProblem({ ...defaultRecipe, epochs: 1 }, { epochs: [2, 20] })?.field).toBe('epochs');
	expect(limitProblem({ ...defaultRecipe, epochs: null }, { epochs: [1, 20] })).toBeNull();
	expect(limitProblem(defaultRecipe, null)).toBeNull();
});
