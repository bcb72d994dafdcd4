import { hash } from '../math/hash.ts';
import { type Steps, atOnce, isRest } from '../steps.ts';
import { type Dealt, type Decided, side } from './deal.ts';
import { detectableWinRate, smallestWins } from '../evaluations/power.ts';
import { minimum } from '../evaluations/rules.ts';
import { figure } from '../text/figure.ts';

export const splits = ['unassigned', 'train', 'validation'] as const;
export type Split = (typeof splits)[number];

export type SplitPlan = {
	moved: number;
	/** Good examples in all, and where they are after the moves. */
	qualified: number;
	train: number;
	validation: number;
	/** Validation per rating after the moves, best rating first. */
	byRating: { rating: number; qualified: number; validation: number }[];
	sentence: string;
};

/** The stratum of a rating: its whole part where it is good, else 0. */
export const stratumOf = (rating: number | null, threshold: number): number =>
	rating !== null && rating >= threshold ? Math.floor(rating) : 0;

/** The place of an example in the order of a seed, the same on every machine. */
export const placeOf = (id: string, seed: number): number => hash(id, `split:${seed}`);

/** How it is after the moves, in numbers and in one sentence. */
export function* summing({ strata, sides }: Dealt, { to, order }: Decided): Steps<SplitPlan> {
	const rows = new Map<number, { rating: number; qualified: number; validation: number }>();
	const count = { [side.none]: 0, [side.train]: 0, [side.validation]: 0 };
	for (let at = 0; at < strata.length; at++) {
		if (isRest(at)) yield;
		const rating = strata[at]!;
		if (rating === 0) continue;
		const row = rows.get(rating) ?? { rating, qualified: 0, validation: 0 };
		rows.set(rating, row);
		const place = (to[at] === side.none || to[at] === side.conflict ? sides[at] : to[at]) as keyof typeof count;
		count[place]++;
		row.qualified++;
		if (place === side.validation) row.validation++;
	}
	let [toTrain, toValidation] = [0, 0];
	for (let turn = 0; turn < order.length; turn++) {
		if (isRest(turn)) yield;
		const at = order[turn]!;
		if (to[at] === side.train) toTrain++;
		else if (to[at] === side.validation) toValidation++;
	}
	const moved = toTrain + toValidation;
	return {
		moved,
		qualified: count[side.none] + count[side.train] + count[side.validation],
		train: count[side.train],
		validation: count[side.validation],
		byRating: [...rows.values()].sort((one, two) => two.rating - one.rating),
		sentence:
			moved === 0
				? 'Nothing to split: every good example has its place.'
				: `${figure(toTrain)} to train, ${figure(toValidation)} to validation. Nothing that has a place moves.`
	};
}

/** The same without a rest. */
export const summaryOf = (...all: Parameters<typeof summing>): SplitPlan => atOnce(summing(...all));

/** What a validation set of this size can prove, at best: when no comparison is a tie. */
export const whatValidationProves = (n: number): string => {
	const wins = smallestWins(n);
	const examples = `${figure(n)} validation ${n === 1 ? 'example' : 'examples'}`;
	if (wins === null) return `${examples} can prove nothing; ${minimum.toShip} are the minimum for a verdict.`;
	const only = `${examples} can only prove a win of at least ${figure(wins)} of ${figure(n)}`;
	const rate = detectableWinRate(n);
	if (rate === null) return `${only}. ${minimum.toShip} are the minimum for a verdict.`;
	return `${only}: an 80 % chance to detect a true ${Math.round(100 * rate)} % win rate.`;
};
