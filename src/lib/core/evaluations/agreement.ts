import { randomFrom } from '../math/hash.ts';

/** One person's value for one item: a score, or a vote as a number of your choice when the level is nominal. */
export type Judgement = { item: string; rater: string; value: number };

/** How two values differ: at all (nominal), in rank (ordinal), in distance (interval). */
export type Level = 'nominal' | 'ordinal' | 'interval';

export type Agreement = {
	/** Items with at least two judgements. */
	overlap: number;
	/** The share of pairs of judgements on one item that are the same. null below 20 items. */
	raw: number | null;
	/** Gwet's AC1, of scores AC2 with ordinal weights: like α, but not lost where nearly everybody says the same. Labels and warnings go by it. */
	ac: number | null;
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

type Overlap = { values: number[]; units: Unit[] };

/** Items with two judgements or more; values become places in the sorted list of all values that occur. */
const unitsOf = (judgements: readonly Judgement[]): Overlap => {
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

/** `times`: how often each of the units occurs. */
const alphaOf = (units: Unit[], times: ArrayLike<number>, values: number[], level: Level): number | null => {
	const totals = values.map(() => 0);
	for (const [i, unit] of units.entries()) for (const [at, count] of unit.counts) totals[at]! += times[i]! * count;
	const distance = distances(level, values, totals);
	const n = totals.reduce((sum, total) => sum + total, 0);
	let observed = 0;
	for (const [i, unit] of units.entries())
		for (const [one, two, weight] of unit.pairs) observed += times[i]! * weight * distance(one, two);
	let expected = 0;
	for (let one = 0; one < values.length; one++) {
		for (let two = one + 1; two < values.length; two++)
			expected += 2 * totals[one]! * totals[two]! * distance(one, two);
	}
	return expected === 0 ? null : 1 - ((n - 1) * observed) / expected;
};

const alphaOfAll = ({ values, units }: Overlap, level: Level) =>
	alphaOf(units, new Uint8Array(units.length).fill(1), values, level);

/** Krippendorff's α alone. `null` when nobody overlaps, or everybody gave the same value. */
export const krippendorff = (judgements: readonly Judgement[], level: Level): number | null =>
	alphaOfAll(unitsOf(judgements), level);

/** How much two values agree: not at all unless they are the same, or, on a scale, the less the more steps lie between them (Gwet 2014). */
const weightOf = (level: Level, categories: number) => {
	if (level === 'nominal') return (one: number, two: number) => Number(one === two);
	const between = (steps: number) => (steps * (steps + 1)) / 2;
	return (one: number, two: number) => 1 - between(Math.abs(one - two)) / between(categories - 1);
};

/**
 * The share of pairs of judgements that agree, and Gwet's AC1 (2008) over `categories` that could have been said; of scores, which are
 * whole numbers in a row, AC2 with ordinal weights.
 */
export const gwet = (
	judgements: readonly Judgement[],
	categories: number,
	level: Level = 'nominal'
): { raw: number; ac: number } | null => {
	const overlap = unitsOf(judgements);
	return overlap.units.length === 0 ? null : gwetOf(overlap, categories, level);
};

const gwetOf = ({ values, units }: Overlap, categories: number, level: Level): { raw: number; ac: number } => {
	const weight = weightOf(level, categories);
	const shares = values.map(() => 0);
	let [same, close] = [0, 0];
	for (const { counts } of units) {
		const said = counts.reduce((sum, [, count]) => sum + count, 0);
		for (const [at, count] of counts) {
			shares[at]! += count / said / units.length;
			same += (count * (count - 1)) / (said * (said - 1));
			const near = counts.reduce((sum, [to, others]) => sum + others * weight(values[at]!, values[to]!), 0);
			close += (count * (near - 1)) / (said * (said - 1));
		}
	}
	let weights = 0;
	for (let one = 0; one < categories; one++) for (let two = 0; two < categories; two++) weights += weight(one, two);
	const chance =
		(weights / (categories * (categories - 1))) * shares.reduce((sum, share) => sum + share * (1 - share), 0);
	return { raw: same / units.length, ac: (close / units.length - chance) / (1 - chance) };
};

export const labelOf = (alpha: number) => (alpha >= 0.8 ? 'reliable' : alpha >= 0.667 ? 'tentative' : 'unreliable');

/** `.72`, `−.01`. */
const decimal = (x: number) =>
	x
		.toFixed(2)
		.replace(/^(-?)0\./, '$1.')
		.replace('-', '−');

// Votes that are known stay as they are, and whoever looks again need not wait for the same draws. By all that the interval follows from.
const drawnBefore = new Map<string, [low: number, high: number] | null>();
const mostDrawn = 20;

const intervalOf = (
	units: Unit[],
	values: number[],
	level: Level,
	seed: number,
	samples: number
): [number, number] | null => {
	// of thousands of units few differ: those are drawn by their places, and counted
	const kinds = new Map<string, number>();
	const different: Unit[] = [];
	const kindOf = Uint32Array.from(units, (unit) => {
		const name = unit.counts.join();
		if (!kinds.has(name)) kinds.set(name, different.push(unit) - 1);
		return kinds.get(name)!;
	});
	const name = [level, seed, samples, values, [...kinds.keys()].join(';'), kindOf].join(' ');
	const known = drawnBefore.get(name);
	if (known !== undefined) return known;
	const random = randomFrom(seed);
	const drawn = Array.from({ length: samples }, () => {
		const times = new Uint32Array(different.length);
		for (let i = 0; i < units.length; i++) times[kindOf[Math.floor(random() * units.length)]!]!++;
		return alphaOf(different, times, values, level);
	})
		.filter((sample) => sample !== null)
		.sort((one, two) => one - two);
	const at = (share: number) => drawn[Math.floor(share * drawn.length)]!;
	const interval: [number, number] | null = drawn.length === 0 ? null : [at(0.025), at(0.975)];
	if (drawnBefore.size >= mostDrawn) drawnBefore.delete(drawnBefore.keys().next().value!);
	drawnBefore.set(name, interval);
	return interval;
};

/**
 * Raw agreement, AC1 (of scores AC2) and α with its interval, label and sentence; hidden below 20 overlapping items. `categories`: how
 * many there are to say. The seed makes the interval repeatable.
 */
export const agreement = (
	judgements: readonly Judgement[],
	{ level, categories, seed = 1, samples = 1000 }: { level: Level; categories: number; seed?: number; samples?: number }
): Agreement => {
	const shared = unitsOf(judgements);
	const { values, units } = shared;
	const overlap = units.length;
	const isScore = level !== 'nominal';
	if (overlap < fewest) {
		const [item, said] = isScore ? ['answer', 'scores'] : ['pair', 'votes'];
		const sentence = `Agreement: not tested. ${overlap === 1 ? `1 ${item} has` : `${overlap} ${item}s have`} two ${said} or more; it is shown from ${fewest} on.`;
		return { overlap, raw: null, ac: null, alpha: null, interval: null, label: null, sentence };
	}
	const { raw, ac } = gwetOf(shared, categories, level);
	const alpha = alphaOfAll(shared, level);
	const interval = alpha === null ? null : intervalOf(units, values, level, seed, samples);
	const label = labelOf(ac);
	const range = interval && ` (${decimal(interval[0])} to ${decimal(interval[1])})`;
	const alphaWords = alpha === null ? '' : `, α ${decimal(alpha)}${range}`;
	const items = isScore ? 'answers' : 'pairs';
	const advice = overlap < advised ? ` ${advised} ${items} give a steadier figure.` : '';
	const who = isScore ? 'People gave the same score' : 'Voters said the same';
	const sentence = `${who} in ${Math.round(100 * raw)} % of ${overlap} shared ${items}: ${label}, ${isScore ? 'AC2' : 'AC1'} ${decimal(ac)}${alphaWords}.${advice}`;
	return { overlap, raw, ac, alpha, interval, label, sentence };
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
