import { deal, side } from '../../../src/lib/core/splits/deal.ts';
import { type Split, placeOf, stratumOf, summaryOf } from '../../../src/lib/core/splits/plan.ts';

export type Splittable = {
	id: string;
	/** The mean of everybody's scores, so not always whole; below `threshold` or null it stays unassigned. */
	rating: number | null;
	split: Split;
	/** Examples with the same prompt share a group and stay on one side. */
	group: string;
	/** A run has trained on it. */
	trained: boolean;
};

const sideOf = { unassigned: side.none, train: side.train, validation: side.validation } as const;
type Order = { examples: readonly Splittable[]; ratio: number; seed: number; threshold: number };

/** The automatic split of examples that are objects, as tests say them. */
export const planSplit = ({ examples, ratio, seed, threshold }: Order) => {
	const numbers = new Map<string, number>();
	const dealt = {
		groups: examples.map(({ group }) => {
			if (!numbers.has(group)) numbers.set(group, numbers.size);
			return numbers.get(group)!;
		}),
		places: examples.map(({ id }) => placeOf(id, seed)),
		strata: examples.map(({ rating }) => stratumOf(rating, threshold)),
		sides: examples.map(({ split }) => sideOf[split]),
		trained: examples.map(({ trained }) => Number(trained))
	};
	const decided = deal(dealt, 1 - ratio, (one, two) => examples[one]!.id < examples[two]!.id);
	const there = Array.from(decided.order, (at) => ({ id: examples[at]!.id, to: decided.to[at] }));
	const { moved: _, ...summary } = summaryOf(dealt, decided);
	return {
		...summary,
		moves: there.flatMap(({ id, to }) =>
			to === side.conflict ? [] : [{ id, to: to === side.validation ? ('validation' as const) : ('train' as const) }]
		),
		/** Left alone: their prompt is both trained on and in validation, so either side would leak. */
		conflicts: there.flatMap(({ id, to }) => (to === side.conflict ? [id] : []))
	};
};
