import { logGamma } from '../math/binomial.ts';
import type { Scores } from './scores.ts';

/** The sum of `count` signs, each + or − by a fair coin: the chance of each from −count to +count in steps of two. */
const signs = (count: number): Float64Array =>
	Float64Array.from({ length: count + 1 }, (_, plus) =>
		Math.exp(logGamma(count + 1) - logGamma(plus + 1) - logGamma(count - plus + 1) - count * Math.LN2)
	);

/**
 * The exact two-sided sign-flip test: how often the sum of ± |score| is at least this far from 0 when every sign is a coin's.
 * For one vote a prompt it is the sign test. 1 when nothing differs. Sums are whole numbers of votes, so nothing is rounded.
 */
export const signFlip = ({ votes, counts }: Scores): number => {
	let chances = Float64Array.of(1); // of each sum from −reach to +reach
	let reach = 0;
	let sum = 0;
	for (let size = 1; size <= votes; size++) {
		const [less, more] = [counts[votes - size]!, counts[votes + size]!];
		sum += size * (more - less);
		const flips = signs(less + more);
		const wider = reach + size * (less + more);
		const next = new Float64Array(2 * wider + 1);
		for (let at = 0; at < chances.length; at++) {
			const chance = chances[at]!;
			if (chance === 0) continue;
			for (let plus = 0, to = at; plus < flips.length; plus++, to += 2 * size) next[to]! += chance * flips[plus]!;
		}
		[chances, reach] = [next, wider];
	}
	const far = Math.abs(sum);
	if (far === 0) return 1;
	// the smallest first, so that none is lost
	let tail = 0;
	for (let at = 2 * reach; at >= reach + far; at--) tail += chances[at]!;
	return Math.min(1, 2 * tail);
};
