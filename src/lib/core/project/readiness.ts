import { minimum } from '../evaluations/power.ts';

export type ReadinessState = 'blocked' | 'experiment' | 'minimum' | 'recommended';

export type Readiness = {
	state: ReadinessState;
	/** `Ready to train`, or what is missing. */
	title: string;
	sentence: string;
	/** Good examples still missing for a run worth comparing. */
	missing: number;
	/** 0–1, for the ring: of the 20 that are the minimum. */
	share: number;
	validation: { state: 'none' | 'enough' | 'good'; sentence: string };
};

/** Counts of good examples at which something changes. 10 is the providers' own floor. */
export const readyAt = { experiment: 10, minimum: 20, recommended: 50, verdict: minimum.toShip, advised: 35 } as const;

const sentences: Record<ReadinessState, string> = {
	blocked: `Training needs at least ${readyAt.experiment} good examples.`,
	experiment: 'Enough for an experiment only: expect to see the style change, not the quality.',
	minimum: `Enough to train. ${readyAt.recommended} to 100 good examples are the recommended start.`,
	recommended: 'Enough for a good start. More good examples still help.'
};

const validationOf = (count: number): Readiness['validation'] => {
	if (count >= readyAt.advised) return { state: 'good', sentence: `${count} validation examples can carry a verdict.` };
	if (count >= readyAt.verdict)
		return {
			state: 'enough',
			sentence: `${count} validation examples can show a large difference only; ${readyAt.advised} or more are advised.`
		};
	return {
		state: 'none',
		sentence: `${count} validation ${count === 1 ? 'example' : 'examples'}: no verdict is possible below ${readyAt.verdict}; ${readyAt.advised} or more are advised.`
	};
};

/** How far the good examples (rating at or above the threshold) and the validation set carry. */
export const readiness = ({ quality, validation }: { quality: number; validation: number }): Readiness => {
	const state: ReadinessState =
		quality < readyAt.experiment
			? 'blocked'
			: quality < readyAt.minimum
				? 'experiment'
				: quality < readyAt.recommended
					? 'minimum'
					: 'recommended';
	const missing = Math.max(0, readyAt.minimum - quality);
	return {
		state,
		title: missing === 0 ? 'Ready to train' : `${missing} more good ${missing === 1 ? 'example' : 'examples'}`,
		sentence: sentences[state],
		missing,
		share: Math.min(1, quality / readyAt.minimum),
		validation: validationOf(validation)
	};
};
