import { logGamma } from '../math/binomial.ts';
import type { Scores } from './scores.ts';

/** The sum of `count` signs, each + or − by a fair coin: the chance of each from −count to +count in steps of two. */
const signs = (count: number): Float64Array => {
	const chances = new Float64Array(count + 1);
	const middle = Math.floor(count / 2);
	let chance = Math.exp(logGamma(count + 1) - logGamma(middle + 1) - logGamma(count - middle + 1) - count * Math.LN2);
	// from the middle to both ends, which are the same
	for (let plus = middle; plus >= 0; plus--) {
		chances[plus] = chances[count - plus] = chance;
		chance *= plus / (count - plus + 1);
	}
	return chances;
};

/** The chance of each sum of ± size, for some sizes: from −reach to +reach. */
type Sums = { chances: Float64Array; reach: number };
/** So many prompts of which the score is ± size, in votes. */
type Group = { size: number; count: number };

const withGroup = ({ chances, reach }: Sums, { size, count }: Group): Sums => {
	const flips = signs(count);
	const wider = reach + size * count;
	const next = new Float64Array(2 * wider + 1);
	for (let at = 0; at < chances.length; at++) {
		const chance = chances[at]!;
		if (chance === 0) continue;
		for (let plus = 0, to = at; plus < flips.length; plus++, to += 2 * size) next[to]! += chance * flips[plus]!;
	}
	return { chances: next, reach: wider };
};

/** The chance that a sum of these and of one more group is at least `far`. Of the last group only the ends are asked for. */
const tailWith = ({ chances, reach }: Sums, { size, count }: Group, far: number): number => {
	// the smallest first, so that none is lost
	const ends = signs(count);
	for (let plus = count - 1; plus >= 0; plus--) ends[plus]! += ends[plus + 1]!;
	let tail = 0;
	for (let at = 0; at < chances.length; at++) {
		const lacks = far - (at - reach);
		const plus = Math.max(0, Math.ceil((lacks / size + count) / 2));
		if (plus <= count) tail += chances[at]! * ends[plus]!;
	}
	return tail;
};

/**
 * The exact two-sided sign-flip test: how often the sum of ± |score| is at least this far from 0 when every sign is a coin's.
 * For one vote a prompt it is the sign test. 1 when nothing differs. Sums are whole numbers of votes, so nothing is rounded.
 */
export const signFlip = ({ votes, counts }: Scores): number => {
	const groups: Group[] = [];
	let sum = 0;
	for (let size = 1; size <= votes; size++) {
		const [less, more] = [counts[votes - size]!, counts[votes + size]!];
		sum += size * (more - less);
		groups.push({ size, count: less + more });
	}
	if (sum === 0) return 1;
	// the largest comes last: the others take as many steps as their counts multiplied
	const [last, ...others] = groups.sort((one, two) => two.count - one.count) as [Group, ...Group[]];
	const sums = others.reduce(withGroup, { chances: Float64Array.of(1), reach: 0 });
	return Math.min(1, 2 * tailWith(sums, last, Math.abs(sum)));
};
