import { expect, test } from 'vitest';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { fittedTo, limitProblem } from '../../../src/lib/core/runs/recipe-limits.ts';

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

test('where one value is accepted it is named', () => {
	expect(limitProblem({ ...defaultRecipe, epochs: 3 }, { epochs: [2, 2] })?.sentence).toBe(
		'For this model the provider accepts epochs of 2 and no other.'
	);
});

test('what a provider does not accept gives way to the nearest it does, with a sentence for each', () => {
	const recipe = { ...defaultRecipe, epochs: 1, loraRank: 65 };
	expect(fittedTo(recipe, { epochs: [2, 20], loraRank: [1, 64], batchSize: [1, 1000] })).toEqual({
		recipe: { ...recipe, epochs: 2, loraRank: 64 },
		changes: [
			'For this model the provider accepts epochs from 2 to 20. It is 2 here, in place of 1.',
			'For this model the provider accepts a LoRA rank from 1 to 64. It is 64 here, in place of 65.'
		]
	});
	expect(recipe).toMatchObject({ epochs: 1, loraRank: 65 });
	for (const limits of [null, { epochs: [1, 20] as [number, number] }])
		expect(fittedTo(defaultRecipe, limits)).toEqual({ recipe: defaultRecipe, changes: [] });
	// limits that nothing keeps come to an end
	const never = fittedTo({ ...recipe, epochs: 1 }, { epochs: [5, 2] });
	expect([never.recipe.epochs, never.changes.length]).toEqual([2, 1]);
	// what is no number has no nearest one
	expect(fittedTo({ ...recipe, epochs: NaN }, { epochs: [1, 20] }).changes).toEqual([]);
});
