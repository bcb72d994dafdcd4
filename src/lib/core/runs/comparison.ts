import { methodWords, type Method } from './method.ts';
import {
	type Setting as OfRecipe,
	type Recipe,
	type RecipeSetting,
	formatRate,
	rateOf,
	recipeSettings
} from './recipe.ts';

/** What a run was ordered with. */
export type Ordered = {
	baseModel: string;
	connection: string;
	provider: string;
	method: Method;
	recipe: Recipe;
};

export type Setting = { label: string; a: string; b: string; differs: boolean };

const shown = (name: RecipeSetting, value: number) => (name === 'learningRate' ? formatRate(value) : String(value));

/** A setting counts where its provider takes it, and its method has it. */
const isUsed = ({ provider, method }: Ordered, name: RecipeSetting) => {
	if (name === 'learningRate' || name === 'rateMultiplier') return rateOf(provider) === name;
	const { only = method }: OfRecipe = recipeSettings[name];
	return only === method;
};

/** What two runs were ordered with, line by line; `–` where a run has no such setting. */
export const settingsSideBySide = (a: Ordered, b: Ordered): Setting[] => {
	const line = (label: string, of: (run: Ordered) => string): Setting => {
		const [one, other] = [of(a), of(b)];
		return { label, a: one, b: other, differs: one !== other };
	};
	const names = (Object.keys(recipeSettings) as RecipeSetting[]).filter((name) => isUsed(a, name) || isUsed(b, name));
	return [
		line('Learns from', ({ method }) => methodWords[method].label),
		line('Base model', ({ baseModel }) => baseModel),
		line('Connection', ({ connection }) => connection),
		...names.map((name) =>
			line(recipeSettings[name].label, (run) => (isUsed(run, name) ? shown(name, run.recipe[name]) : '–'))
		)
	];
};

export type LossPoint = { series: 'train' | 'validation'; step: number; loss: number };

/**
 * One curve of two runs over the share of the training that is done, because runs have different numbers of steps. `a` and `b` are
 * null where the run was not measured there.
 */
export const lossesTogether = (
	series: LossPoint['series'],
	a: readonly LossPoint[],
	b: readonly LossPoint[]
): { share: number; a: number | null; b: number | null }[] => {
	const curve = (points: readonly LossPoint[]) => {
		const last = Math.max(1, ...points.map(({ step }) => step));
		return points
			.filter((point) => point.series === series)
			.map(({ step, loss }) => [Math.round((1000 * step) / last) / 10, loss] as const);
	};
	const [one, other] = [new Map(curve(a)), new Map(curve(b))];
	const shares = [...new Set([...one.keys(), ...other.keys()])].sort((x, y) => x - y);
	return shares.map((share) => ({ share, a: one.get(share) ?? null, b: other.get(share) ?? null }));
};
