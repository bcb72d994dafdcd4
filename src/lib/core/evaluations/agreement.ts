import { randomFrom } from '../math/hash.ts';

/** One person's value for one item: a score, or a vote as a number of your choice when the level is nominal. */
export type Judgement = { item: string; rater: string; value: number };

/** How two values differ: at all (nominal), in rank (ordinal), in distance (interval). */
export type Level = 'nominal' | 'ordinal' | 'interval';

export type Agreement = {
	/** Items with at least two judgements. */
	overlap: number;
	/** Krippendorff's α: 1 is perfect, 0 is chance. `null` below 20 overlapping items, or when it has no meaning. */
	alpha: number | null;
	/** 95 %, from a bootstrap over items. */
	interval: [low: number, high: number] | null;
	label: 'reliable' | 'tentative' | 'unreliable' | null;
	sentence: string;
};

const fewest = 20; // below this the interval spans almost everything
const advised = 50;

/** What α needs of one item: how often each value occurs, and how much each pair of different values weighs. */
type Unit = { counts: [value: number, count: number][]; pairs: [one: number, two: number, weight: number][] };

/** Items with two judgements or more; values become places in the sorted list of all values that occur. */
const unitsOf = (judgements: readonly Judgement[]) => {
	const byItem = Map.groupBy(judgements, (j) => j.item);
	const overlapping = [...byItem.values()].filter((list) => list.length > 1);
	const values = [...new Set(overlapping.flat().map((j) => j.value))].sort((one, two) => one - two);
	const units = overlapping.map((list): Unit => {
		const counts = values.map((value, at): [number, number] => [at, list.filter((j) => j.value === value).length]);
		const present = counts.filter(([, count]) => count > 0);
		const pairs = present.flatMap(([one, m], i) =>
			present.slice(i + 1).map(([two, n]): [number, number, number] => [one, two, (2 * m * n) / (list.length - 1)])
		);
		return { counts: present, pairs };
	});
	return { values, units };
};

/** Squared differences δ², given how often each value occurs in all (Krippendorff 2011). */
const distances = (level: Level, values: number[], totals: number[]) => {
	if (level === 'nominal') return () => 1;
	if (level === 'interval') return (one: number, two: number) => (values[one]! - values[two]!) ** 2;
	// Ordinal: a value stands at the middle of the ranks it occupies.
	let before = 0;
	const ranks = totals.map((total) => (before += total) - total / 2);
	return (one: number, two: number) => (ranks[one]! - ranks[two]!) ** 2;
};

const alphaOf = (units: Unit[], values: number[], level: Level): number | null => {
	const totals = values.map(() => 0);
	for (const unit of units) for (const [at, count] of unit.counts) totals[at]! += count;
	const distance = distances(level, values, totals);
	const n = totals.reduce((sum, total) => sum + total, 0);
	let observed = 0;
	for (const unit of units) for (const [one, two, weight] of unit.pairs) observed += weight * distance(one, two);
	let expected = 0;
	for (let one = 0; one < values.length; one++) {
		for (let two = one + 1; two < values.length; two++)
			expected += 2 * totals[one]! * totals[two]! * distance(one, two);
	}
	return expected === 0 ? null : 1 - ((n - 1) * observed) / expected;
};

/** Krippendorff's α alone. `null` when nobody overlaps, or everybody gave the same value. */
export const krippendorff = (judgements: readonly Judgement[], level: Level): number | null => {
	const { values, units } = unitsOf(judgements);
	return alphaOf(units, values, level);
};

const labelOf = (alpha: number) => (alpha >= 0.8 ? 'reliable' : alpha >= 0.667 ? 'tentative' : 'unreliable');

/** α with its interval, label and sentence; hidden below 20 overlapping items. The seed makes the interval repeatable. */
export const agreement = (
	judgements: readonly Judgement[],
	{ level, seed = 1, samples = 1000 }: { level: Level; seed?: number; samples?: number }
): Agreement => {
	const { values, units } = unitsOf(judgements);
	const overlap = units.length;
	const hidden = { overlap, alpha: null, interval: null, label: null };
	if (overlap < fewest)
		return { ...hidden, sentence: `${overlap} items have two ratings or more; agreement is shown from ${fewest} on.` };
	const alpha = alphaOf(units, values, level);
	if (alpha === null)
		return { ...hidden, sentence: 'Everybody gave the same value throughout, so agreement cannot be measured.' };

	const random = randomFrom(seed);
	const drawn = Array.from({ length: samples }, () =>
		alphaOf(
			Array.from(units, () => units[Math.floor(random() * overlap)]!),
			values,
			level
		)
	)
		.filter((sample) => sample !== null)
		.sort((one, two) => one - two);
	const at = (share: number) => drawn[Math.floor(share * drawn.length)] ?? alpha;
	const interval: [number, number] = [at(0.025), at(0.975)];
	const label = labelOf(alpha);
	const range = `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
	const advice = overlap < advised ? ` ${advised} items give a steadier figure.` : '';
	return {
		overlap,
		alpha,
		interval,
		label,
		sentence: `Agreement is ${label}: α = ${alpha.toFixed(2)} (${range}) over ${overlap} items.${advice}`
	};
};

/**
 * How harsh or lenient each rater is: the mean distance to the mean of the others on the same items, over `items`
 * shared items. Negative is harsh.
 */
export const shifts = (judgements: readonly Judgement[]): { rater: string; shift: number; items: number }[] => {
	const distancesOf = new Map<string, number[]>();
	for (const list of Map.groupBy(judgements, (j) => j.item).values()) {
		if (list.length < 2) continue;
		const sum = list.reduce((total, j) => total + j.value, 0);
		for (const { rater, value } of list) {
			const others = (sum - value) / (list.length - 1);
			distancesOf.set(rater, [...(distancesOf.get(rater) ?? []), value - others]);
		}
	}
	return [...distancesOf].map(([rater, list]) => ({
		rater,
		shift: list.reduce((sum, distance) => sum + distance, 0) / list.length,
		items: list.length
	}));
};
