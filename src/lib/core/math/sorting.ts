import type { Steps } from '../steps.ts';

/** So many numbers are sorted in a fraction of a millisecond. */
const inBucket = 1024;

/**
 * Numbers sorted in place, from the least on, in steps: dealt out by their size first, since those of an order lie evenly, and then each few by themselves.
 * However they lie they end up sorted; where nearly all are alike, in one step as without.
 */
export function* sorting(numbers: Float64Array): Steps<Float64Array> {
	const { length } = numbers;
	let [least, most] = [Infinity, -Infinity];
	for (let at = 0; at < length; at++) {
		const number = numbers[at]!;
		if (number < least) least = number;
		if (number > most) most = number;
	}
	const buckets = Math.ceil(length / inBucket);
	const scale = (buckets - 1) / (most - least);
	// of few or equal ones, and where they lie too near together or too far apart for a number to say how
	if (!(scale > 0 && scale < Infinity)) return numbers.sort();
	yield;
	const ends = new Int32Array(buckets);
	const own = new Int32Array(length);
	for (let at = 0; at < length; at++) ends[(own[at] = Math.floor((numbers[at]! - least) * scale))]!++;
	yield;
	for (let bucket = 1; bucket < buckets; bucket++) ends[bucket]! += ends[bucket - 1]!;
	const unsorted = Float64Array.from(numbers);
	yield;
	const next = Int32Array.from(ends);
	for (let at = length - 1; at >= 0; at--) numbers[--next[own[at]!]!] = unsorted[at]!;
	for (let bucket = 0; bucket < buckets; bucket++) {
		yield;
		numbers.subarray(next[bucket], ends[bucket]).sort();
	}
	return numbers;
}
