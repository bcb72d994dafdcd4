/** Scatters 32 bits: every bit of the input reaches every bit of the output (the finaliser of MurmurHash3). */
const scatter = (bits: number) => {
	let x = bits;
	x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
	x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
	return (x ^ (x >>> 16)) >>> 0;
};

/** Letters of texts as short as an id are such numbers, and a million of those are hashed for a split. */
const scattered = Uint32Array.from({ length: 256 }, (_, bits) => scatter(bits));

/** Two 32-bit words as one whole number below 2^53, the widest that a double holds exactly. */
const join = (high: number, low: number) => (high >>> 11) * 2 ** 32 + low;

/**
 * A 53-bit hash of a text under a seed: the same number on every machine, today and next year, because splits and
 * orders are remade from it. Not for secrets.
 */
export const hash = (text: string, seed: string | number = 0): number => {
	// The seed's length keeps ('ab', 'c') and ('a', 'bc') apart. Not joined with the text: what is joined is slow to read.
	const before = `${String(seed).length}:${seed}:`;
	let one = 0x811c9dc5; // FNV's offset basis; the second lane starts elsewhere
	let two = 0x2f0b4c47;
	let length = 0;
	for (const part of [before, text])
		for (let i = 0; i < part.length; i++) {
			const unit = part.charCodeAt(i);
			one = Math.imul(one ^ unit, 0x01000193);
			const at = unit + length++;
			two = Math.imul((two << 13) | (two >>> 19), 5) ^ (at < 256 ? scattered[at]! : scatter(at));
		}
	return join(scatter(one ^ length), scatter(two ^ one));
};

const turned = (x: number, by: number) => (x << by) | (x >>> (32 - by));

/**
 * A 53-bit hash of the first bytes behind this view, eight at a time, each half of which goes into one of two lanes that feed each other. It
 * tells texts apart within one process, and is kept nowhere.
 */
export const hashBytes = (view: DataView, length: number): number => {
	let one = 0x811c9dc5;
	let two = 0x2f0b4c47;
	for (let at = 0; at < length; at += 8) {
		const left = length - at;
		const word = left >= 4 ? view.getInt32(at, true) : lastOf(view, at, left);
		const next = left >= 8 ? view.getInt32(at + 4, true) : left > 4 ? lastOf(view, at + 4, left - 4) : 0;
		one = (Math.imul(turned(one ^ Math.imul(turned(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593), 13), 5) + two) | 0;
		two = (Math.imul(turned(two ^ Math.imul(turned(Math.imul(next, 0x85ebca6b), 16), 0xc2b2ae35), 19), 5) + one) | 0;
	}
	return join(scatter(one ^ length), scatter(two ^ one));
};

/** The last bytes, fewer than four, as one number. */
const lastOf = (view: DataView, from: number, count: number): number => {
	let word = 0;
	for (let at = from; at < from + count; at++) word = (word << 8) | view.getUint8(at);
	return word;
};

/** A seeded source of numbers in [0, 1), 53 bits each. The same seed gives the same numbers everywhere. */
export const randomFrom = (seed: string | number): (() => number) => {
	const start = hash('random', seed);
	let high = Math.floor(start / 2 ** 21);
	let low = start >>> 0;
	return () => {
		// Two Weyl sequences with different odd steps, scattered.
		high = (high + 0x9e3779b9) | 0;
		low = (low + 0x6c8e9cf5) | 0;
		return join(scatter(high ^ scatter(low)), scatter(low + high)) / 2 ** 53;
	};
};

/** A new list in random order (Fisher–Yates). */
export const shuffled = <T>(list: readonly T[], random: () => number): T[] => {
	const result = [...list];
	for (let i = result.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[result[i], result[j]] = [result[j] as T, result[i] as T];
	}
	return result;
};
