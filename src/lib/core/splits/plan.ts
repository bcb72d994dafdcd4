// Longer than most: the rule and the summary of one act, the automatic split.
import { apportion } from '../math/apportion.ts';
import { hash } from '../math/hash.ts';
import { detectableWinRate, minimum, smallestWins } from '../evaluations/power.ts';

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

type Good = Splittable & { stratum: number };

type Side = 'train' | 'validation' | 'conflict';

/** Where prompts already are: a new example with the same prompt has to follow. */
const sidesOf = (examples: readonly Splittable[]): Map<string, Side> => {
	const sides = new Map<string, Side>();
	for (const { group, split, trained } of examples) {
		if (split === 'unassigned' && !trained) continue;
		const side = split !== 'validation' ? 'train' : trained ? 'conflict' : split;
		const known = sides.get(group);
		sides.set(group, known === undefined || known === side ? side : 'conflict');
	}
	return sides;
};

/** Good examples with the same prompt, and their place in the order of this seed. */
type Family = { place: number; first: string; members: Good[] };

/** The families that take the seats left in `need`, which it counts down: first what fits, then what mostly fits. */
const chosenOf = (free: Family[], need: Map<number, number>): Set<string> => {
	const ordered = free.toSorted((one, two) => one.place - two.place || (one.first < two.first ? -1 : 1));
	const fitting = (members: Good[]) => {
		const used = new Map<number, number>();
		return members.filter(({ stratum }) => {
			used.set(stratum, (used.get(stratum) ?? 0) + 1);
			return used.get(stratum)! <= need.get(stratum)!;
		}).length;
	};
	const chosen = new Set<string>();
	const choose = (fits: (members: Good[]) => boolean) => {
		for (const { first, members } of ordered) {
			if (![...need.values()].some((seats) => seats > 0)) return;
			if (chosen.has(first) || !fits(members)) continue;
			chosen.add(first);
			for (const { stratum } of members) need.set(stratum, need.get(stratum)! - 1);
		}
	};
	choose((members) => fitting(members) === members.length);
	choose((members) => fitting(members) * 2 > members.length); // large families: rather one too many than three too few
	return chosen;
};

/**
 * Which unassigned good examples go where: proportional by rating over all good examples (largest remainder), counting what
 * validation already holds; ordered by a hash of seed and id, so the same on every machine. Nothing that has a place moves,
 * nothing trained on (or with a prompt that was) becomes validation; running it again changes nothing.
 */
export const planSplit = ({
	examples,
	ratio,
	seed,
	threshold
}: {
	examples: readonly Splittable[];
	ratio: number;
	seed: number;
	threshold: number;
}): SplitPlan => {
	const good = examples.flatMap((example): Good[] =>
		example.rating !== null && example.rating >= threshold ? [{ ...example, stratum: Math.floor(example.rating) }] : []
	);
	const strata = [...Map.groupBy(good, ({ stratum }) => stratum)].map(([key, list]) => {
		return { key, size: list.length, taken: list.filter(({ split }) => split === 'validation').length };
	});
	const need = apportion(strata, 1 - ratio);
	const fill = ({ stratum }: Good) => need.set(stratum, need.get(stratum)! - 1);
	for (const example of good) if (example.split === 'validation') fill(example);

	const moves: SplitMove[] = [];
	const conflicts: string[] = [];
	const free: Family[] = [];
	const sides = sidesOf(examples);
	const movable = good.filter(({ split }) => split === 'unassigned');
	for (const [group, members] of Map.groupBy(movable, (example) => example.group)) {
		const side = sides.get(group);
		if (side === undefined) {
			const places = members.map(({ id }) => ({ id, place: hash(id, `split:${seed}`) }));
			const { id, place } = places.reduce((one, two) => (two.place < one.place ? two : one));
			free.push({ place, first: id, members });
			continue;
		}
		for (const example of members) {
			if (side === 'conflict') conflicts.push(example.id);
			else moves.push({ id: example.id, to: side });
			if (side === 'validation') fill(example);
		}
	}

	const chosen = chosenOf(free, need);
	for (const { first, members } of free)
		for (const { id } of members) moves.push({ id, to: chosen.has(first) ? 'validation' : 'train' });

	return summary(good, moves, conflicts);
};

const summary = (good: Good[], moves: SplitMove[], conflicts: string[]): SplitPlan => {
	const after = new Map(moves.map(({ id, to }) => [id, to]));
	const placed = good.map(({ id, stratum, split }) => ({ stratum, split: after.get(id) ?? split }));
	const count = (split: Split) => placed.filter((example) => example.split === split).length;
	const toTrain = moves.filter(({ to }) => to === 'train').length;
	const byRating = [...Map.groupBy(placed, ({ stratum }) => stratum)]
		.map(([rating, list]) => ({
			rating,
			qualified: list.length,
			validation: list.filter(({ split }) => split === 'validation').length
		}))
		.sort((one, two) => two.rating - one.rating);
	const sentence =
		moves.length === 0
			? 'Nothing to split: every good example has its place.'
			: `${toTrain} to train, ${moves.length - toTrain} to validation. Nothing that has a place moves.`;
	return {
		moves,
		qualified: good.length,
		train: count('train'),
		validation: count('validation'),
		conflicts,
		byRating,
		sentence
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
