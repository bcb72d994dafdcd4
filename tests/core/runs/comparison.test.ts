import { expect, test } from 'vitest';
import { type Ordered, lossesTogether, settingsSideBySide } from '../../../src/lib/core/runs/comparison.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';

const run = (more: Partial<Ordered> = {}): Ordered => ({
	baseModel: 'small',
	connection: 'Sandbox',
	provider: 'sandbox',
	method: 'sft',
	recipe: presets.sft.balanced,
	...more
});
const differing = (a: Ordered, b: Ordered) =>
	settingsSideBySide(a, b)
		.filter(({ differs }) => differs)
		.map(({ label, a: one, b: other }) => [label, one, other]);

test('the same settings differ in nothing, and what a method has not is not shown', () => {
	const lines = settingsSideBySide(run(), run());
	expect(lines.some(({ differs }) => differs)).toBe(false);
	expect(lines.map(({ label }) => label)).not.toContain('Beta');
	expect(lines.map(({ label }) => label)).not.toContain('Learning rate multiplier');
});

test('what differs is named with both values', () => {
	const other = run({
		baseModel: 'large',
		recipe: { ...presets.sft.balanced, epochs: 5, learningRate: 1e-5, beta: 0.9 }
	});
	expect(differing(run(), other)).toEqual([
		['Base model', 'small', 'large'],
		['Epochs', '3', '5'],
		['Learning rate', '0.0002', '0.00001']
	]);
});

test('a setting that one of them has not is a dash', () => {
	const elsewhere = run({ provider: 'openai', connection: 'OpenAI', method: 'dpo' });
	expect(differing(run(), elsewhere)).toEqual([
		['Learns from', 'Examples', 'Preferences'],
		['Connection', 'Sandbox', 'OpenAI'],
		['Learning rate', '0.0002', '–'],
		['Learning rate multiplier', '–', '1'],
		['Beta', '–', '0.1']
	]);
});

test('losses lie over each other by the share that is done', () => {
	const points = (last: number) => [1, last].map((step) => ({ series: 'train' as const, step, loss: step }));
	expect(lossesTogether('train', points(10), points(20))).toEqual([
		{ share: 5, a: null, b: 1 },
		{ share: 10, a: 1, b: null },
		{ share: 100, a: 10, b: 20 }
	]);
	expect(lossesTogether('validation', points(10), [])).toEqual([]);
});
