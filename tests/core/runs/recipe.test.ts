import { expect, test } from 'vitest';
import { presets, recipeSettings, type RecipeSetting } from '../../../src/lib/core/runs/recipe.ts';

const settings = Object.entries(recipeSettings) as [RecipeSetting, (typeof recipeSettings)[RecipeSetting]][];

test.each(Object.entries(presets))('%s sets everything, within the limits', (_, preset) => {
	for (const [name, { min, max, isWhole }] of settings) {
		expect(preset[name], name).toBeGreaterThanOrEqual(min);
		expect(preset[name], name).toBeLessThanOrEqual(max);
		if (isWhole) expect(preset[name] % 1, name).toBe(0);
	}
	expect(Object.keys(preset).sort()).toEqual(settings.map(([name]) => name).sort());
});

test('the bold beginning learns more of everything than the careful one', () => {
	for (const [name] of settings) expect(presets.aggressive[name]).toBeGreaterThan(presets.conservative[name]);
});
