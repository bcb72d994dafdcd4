// Longer than most: the rule and the summary of one act, the automatic split.
import { hash } from '../math/hash.ts';
import { type Dealt, type Decided, deal, side } from './deal.ts';
import { detectableWinRate, smallestWins } from '../evaluations/power.ts';
import { minimum } from '../evaluations/rules.ts';

export const splits = ['unassigned', 'train', 'validation'] as const;
export type Split = (typeof splits)[number];

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

export type SplitMove = { id: string; to: 'train' | 'validation' };

export type SplitPlan = {
	moves: SplitMove[];
	/** Good examples in all, and where they are after the moves. */
	qualified: number;
	train: number;
	validation: number;
	/** Left alone: their prompt is both trained on and in validation, so either side would leak. */
	conflicts: string[];
	/** Validation per rating after the moves, best rating first. */
	byRating: { rating: number; qualified: number; validation: number }[];
	sentence: string;
};

/** The stratum of a rating: its whole part where it is good, else 0. */
export const stratumOf = (rating: number | null, threshold: number): number =>
	rating !== null && rating >= threshold ? Math.floor(rating) : 0;

/** The place of an example in the order of a seed, the same on every machine. */
export const placeOf = (id: string, seed: number): number => hash(id, `split:${seed}`);

const sideOf = { unassigned: side.none, train: side.train, validation: side.validation } as const;

type SplitOrder = { examples: readonly Splittable[]; ratio: number; seed: number; threshold: number };

const perStep = 5_000;

/** `map`, in steps of some milliseconds. */
function* mapping<From, To>(list: readonly From[], to: (one: From) => To): Generator<void, To[], void> {
	const found: To[] = [];
	for (let at = 0; at < list.length; at += perStep) {
		for (const one of list.slice(at, at + perStep)) found.push(to(one));
		yield;
	}
	return found;
}

/**
 * Which unassigned good examples go where: proportional by rating over all good examples (largest remainder), counting what
 * validation already holds; ordered by a hash of seed and id, so the same on every machine. Nothing that has a place moves,
 * nothing trained on (or with a prompt that was) becomes validation; running it again changes nothing. In steps, of which the
 * dealing is the longest: half a second for a million.
 */
export function* planningSplit({ examples, ratio, seed, threshold }: SplitOrder): Generator<void, SplitPlan, void> {
	const numbers = new Map<string, number>();
	const dealt: Dealt = {
		// one number for each group, from 0 on
		groups: yield* mapping(examples, ({ group }) => {
			const number = numbers.get(group) ?? numbers.size;
			numbers.set(group, number);
			return number;
		}),
		places: yield* mapping(examples, ({ id }) => placeOf(id, seed)),
		strata: yield* mapping(examples, ({ rating }) => stratumOf(rating, threshold)),
		sides: yield* mapping(examples, ({ split }) => sideOf[split]),
		trained: yield* mapping(examples, ({ trained }) => Number(trained))
	};
	const decided = deal(dealt, 1 - ratio, (one, two) => examples[one]!.id < examples[two]!.id);
	yield;
	const moves: SplitMove[] = [];
	const conflicts: string[] = [];
	for (let turn = 0; turn < decided.order.length; turn++) {
		if (turn % perStep === 0) yield;
		const at = decided.order[turn]!;
		const { id } = examples[at]!;
		if (decided.to[at] === side.conflict) conflicts.push(id);
		else moves.push({ id, to: decided.to[at] === side.validation ? 'validation' : 'train' });
	}
	const { moved: _, ...summary } = summaryOf(dealt, decided);
	return { moves, conflicts, ...summary };
}

/** All of it at once. */
export const planSplit = (order: SplitOrder): SplitPlan => {
	const steps = planningSplit(order);
	for (;;) {
		const { done, value } = steps.next();
		if (done) return value;
	}
};

/** How it is after the moves, in numbers and in one sentence. */
export const summaryOf = (
	{ strata, sides }: Dealt,
	{ to, order }: Decided
): Omit<SplitPlan, 'moves' | 'conflicts'> & { moved: number } => {
	const rows = new Map<number, { rating: number; qualified: number; validation: number }>();
	const count = { [side.none]: 0, [side.train]: 0, [side.validation]: 0 };
	for (let at = 0; at < strata.length; at++) {
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
				: `${toTrain} to train, ${toValidation} to validation. Nothing that has a place moves.`
	};
};

/** What a validation set of this size can prove, at best: when no comparison is a tie. */
export const whatValidationProves = (n: number): string => {
	const wins = smallestWins(n);
	const examples = `${n} validation ${n === 1 ? 'example' : 'examples'}`;
	if (wins === null) return `${examples} can prove nothing; ${minimum.toShip} are the minimum for a verdict.`;
	const only = `${examples} can only prove a win of at least ${wins} of ${n}`;
	const rate = detectableWinRate(n);
	if (rate === null) return `${only}. ${minimum.toShip} are the minimum for a verdict.`;
	return `${only}: an 80 % chance to detect a true ${Math.round(100 * rate)} % win rate.`;
};
