// Prediction-powered inference, tuned (PPI++): Angelopoulos et al., arXiv 2301.09633 and 2311.01453. The facts are in README.md.

/** What people said of a pair, as a mean from −1 to 1, and what a model said of the same pair: −1, 0 or 1. */
export type Labelled = { person: number; model: number };

export type Calibrated = {
	/** The mean that people would give over all pairs, from −1 to 1. */
	estimate: number;
	interval: [low: number, high: number];
	/** How far the model is trusted: 0 not at all, 1 as if it were people. */
	weight: number;
	/** What the pairs that people judged say alone, by the same rule. */
	alone: { estimate: number; interval: [low: number, high: number] };
	/** Pairs that both judged, and those that only the model judged. */
	labelled: number;
	others: number;
};

/** Below this its correction would be guessed. */
export const fewestLabelled = 20;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** The products of two lists about their means. */
const productsOf = (one: readonly number[], two: readonly number[]) => {
	const [atOne, atTwo] = [mean(one), mean(two)];
	return one.reduce((total, value, at) => total + (value - atOne) * (two[at]! - atTwo), 0);
};

const clipped = (value: number) => Math.min(1, Math.max(-1, value));

/**
 * The mean over all pairs, by what people said of some and a model of all: the model's mean over all, corrected by where people differ
 * from it on the pairs that both judged. The model counts for as much as it goes with people there (`weight`): one that does not changes
 * nothing. Of pairs that people judged at random; the result holds whatever the model says, right or wrong. null below 20 pairs of both.
 *
 * As in the verdict's own interval of several votes, one score of +1 and one of −1 are added to what remains unexplained: people who
 * all say the same are not certain for it.
 */
export const calibrated = (labelled: readonly Labelled[], others: readonly number[]): Calibrated | null => {
	const n = labelled.length;
	if (n < fewestLabelled) return null;
	const people = labelled.map(({ person }) => person);
	const models = labelled.map(({ model }) => model);
	const all = [...models, ...others];
	const about = (weight: number) => {
		const rest = labelled.map(({ person, model }) => person - weight * model);
		const added = [...rest, 1, -1];
		const center = weight * mean(all) + mean(added);
		// the pairs of both stand in both means: hence the third part
		const variance =
			productsOf(added, added) / (n + 1) / (n + 2) +
			(weight ** 2 * (productsOf(all, all) / (all.length - 1)) + 2 * weight * (productsOf(rest, models) / (n - 1))) /
				all.length;
		const half = 1.96 * Math.sqrt(Math.max(0, variance));
		return {
			estimate: clipped(weight * mean(all) + mean(rest)),
			interval: [clipped(center - half), clipped(center + half)] as [number, number]
		};
	};
	const spread = productsOf(models, models);
	// with nothing more to learn from the model, nothing is taken from it
	const weight =
		spread === 0 || others.length === 0 ? 0 : Math.min(1, Math.max(0, productsOf(people, models) / spread));
	return { ...about(weight), weight, alone: about(0), labelled: n, others: others.length };
};
