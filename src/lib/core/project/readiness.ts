import { figure } from '../text/figure.ts';
import { minimum } from '../evaluations/rules.ts';

export type ReadinessState = 'blocked' | 'experiment' | 'minimum' | 'good' | 'comfortable';

export type Readiness = {
	state: ReadinessState;
	/** `Ready to train`, or what is missing. */
	title: string;
	/** What is missing for a training and what for a verdict, in one go. */
	sentence: string;
	/** Nothing is missing for a training: enough is good, and the split is done. */
	isReady: boolean;
	/** Good examples still missing for a run worth comparing. */
	missing: number;
	/** Good examples in train: those a training takes. */
	train: number;
	/** 0–1, for the ring: of the 20 that are the minimum. */
	share: number;
	verdict: 'none' | 'enough' | 'good';
};

/**
 * Counts at which something changes. Of good examples: 10 is the providers' own floor; 100 leave 20 prompts at 80/20, with which a
 * model that wins 8 of 10 is recognised in 58 of 100 comparisons, and 175 leave 35, with which it is in 86. Of validation examples: 12
 * are the fewest with which a verdict is possible, 35 are advised.
 */
export const readyAt = {
	experiment: 10,
	minimum: 20,
	good: 100,
	comfortable: 175,
	verdict: minimum.toShip,
	advised: 35
} as const;

const stateOf = (quality: number): ReadinessState => {
	if (quality < readyAt.experiment) return 'blocked';
	if (quality < readyAt.minimum) return 'experiment';
	if (quality < readyAt.good) return 'minimum';
	return quality < readyAt.comfortable ? 'good' : 'comfortable';
};

/** What these good examples are enough for. The one sentence of the product about it. */
export const trainingSentence = (quality: number): string =>
	({
		blocked: `Training needs at least ${readyAt.experiment} good examples.`,
		experiment: `Enough for an experiment only: expect to see the style change, not the quality. Aim for ${readyAt.minimum} or more.`,
		minimum: `Enough to train; ${readyAt.good} good examples are a good start.`,
		good: `Enough for a good start; with ${readyAt.comfortable} a comparison usually ends in a verdict.`,
		comfortable: 'Comfortably enough. More good examples still help.'
	})[stateOf(quality)];

const verdictSentence = (validation: number): string => {
	const have = `${figure(validation)} validation ${validation === 1 ? 'example' : 'examples'}`;
	if (validation >= readyAt.advised) return `${have} can carry a verdict.`;
	if (validation >= readyAt.verdict) return `${have} can show a large difference only; ${readyAt.advised} are advised.`;
	return `${have}: no verdict is possible below ${readyAt.verdict}; ${readyAt.advised} are advised.`;
};

/**
 * How far the good examples (rating at or above the threshold) and the split carry: one state and one sentence for every page.
 * `train`: the good ones in it; what lies there with a worse rating does not train.
 */
export const readiness = ({
	quality,
	train,
	validation
}: {
	quality: number;
	train: number;
	validation: number;
}): Readiness => {
	const missing = Math.max(0, readyAt.minimum - quality);
	const isSplit = train >= readyAt.experiment && validation > 0;
	const split =
		quality >= readyAt.experiment && !isSplit
			? ` Split them first: ${figure(train)} ${train === 1 ? 'is' : 'are'} in train, and ${readyAt.experiment} have to be.`
			: '';
	return {
		state: stateOf(quality),
		title:
			missing > 0
				? `${missing} more good ${missing === 1 ? 'example' : 'examples'}`
				: isSplit
					? 'Ready to train'
					: 'Ready to split',
		sentence: `${trainingSentence(quality)}${split} ${verdictSentence(validation)}`,
		isReady: missing === 0 && isSplit,
		missing,
		train,
		share: Math.min(1, quality / readyAt.minimum),
		verdict: validation >= readyAt.advised ? 'good' : validation >= readyAt.verdict ? 'enough' : 'none'
	};
};
