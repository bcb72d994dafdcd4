import { type Steps, isRest } from '../steps.ts';

/** Words of a key: 32 bytes. */
const width = 8;

/**
 * A number for each group, from 0 on without gaps, in the order in which they come first. `keys` has one of 32 bytes for each example, one behind the
 * other, which are scattered already. A table of places instead of a map of texts: of a million that is a tenth of a second and some megabytes.
 */
export function* numberingGroups(keys: Uint32Array): Steps<Int32Array> {
	const count = keys.length / width;
	const numbers = new Int32Array(count);
	const size = 2 ** Math.ceil(Math.log2(2 * count + 1));
	/** The first example of a group, plus one; 0 is free. */
	const firsts = new Int32Array(size);
	let known = 0;
	for (let at = 0; at < count; at++) {
		if (isRest(at)) yield;
		let place = keys[at * width]! & (size - 1);
		while (firsts[place] !== 0 && !isSame(keys, firsts[place]! - 1, at)) place = (place + 1) & (size - 1);
		if (firsts[place] === 0) {
			firsts[place] = at + 1;
			numbers[at] = known++;
		} else numbers[at] = numbers[firsts[place]! - 1]!;
	}
	return numbers;
}

const isSame = (keys: Uint32Array, one: number, two: number): boolean => {
	for (let word = 0; word < width; word++) if (keys[one * width + word] !== keys[two * width + word]) return false;
	return true;
};
