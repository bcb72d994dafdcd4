import { hash, randomFrom, shuffled } from '../math/hash.ts';
import type { Outcome } from './outcome.ts';

/** What the voter sees and says: the first and the second answer, never the models. */
export const choices = ['first', 'tie', 'second', 'both_bad'] as const;
export type Choice = (typeof choices)[number];
/** What stands on a ballot: a choice, or that this person does not want to judge the pair, which is in no number. */
export const marks = [...choices, 'skip'] as const;
export type Mark = (typeof marks)[number];

/** From what was seen to who was meant. `swapped`: B was shown first. */
export const resolve = (choice: Choice, swapped: boolean): Outcome => {
	if (choice === 'tie' || choice === 'both_bad') return choice;
	return (choice === 'first') === swapped ? 'b' : 'a';
};

/**
 * For each of `count` ballots of one rater, whether B is shown first: permuted blocks of 4 with exactly two swapped in
 * each. A rest of two has one of each, so that the last 6 are balanced as well; an odd one is left to the seed.
 */
export const balancedSides = ({ seed, count }: { seed: string | number; count: number }): boolean[] => {
	const random = randomFrom(hash('sides', seed));
	const blocks: boolean[][] = [];
	for (let left = count; left > 0; left -= 4) {
		const size = Math.min(4, left);
		const swapped = size % 2 === 0 ? size / 2 : Math.floor(size / 2 + random());
		blocks.push(
			shuffled(
				Array.from({ length: size }, (_, i) => i < swapped),
				random
			)
		);
	}
	return blocks.flat();
};

/** The same ids in the order of this seed, however they came. */
export const orderOf = (ids: readonly string[], seed: string | number): string[] =>
	ids
		.map((id) => ({ id, place: hash(id, `order:${seed}`) }))
		.sort((one, two) => one.place - two.place || (one.id < two.id ? -1 : 1))
		.map(({ id }) => id);

/**
 * In which order pairs are dealt to one voter: first those that lack votes, of these the ones that the fewest people have before them,
 * else as they come.
 */
export const dealt = (
	ids: readonly string[],
	{ closed, shown }: { closed: ReadonlySet<string>; shown: ReadonlyMap<string, number> }
): string[] =>
	ids.toSorted(
		(one, two) => Number(closed.has(one)) - Number(closed.has(two)) || (shown.get(one) ?? 0) - (shown.get(two) ?? 0)
	);
