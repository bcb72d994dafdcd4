import { type Names, lookedFor } from './naming-words.ts';

/**
 * Signs of every day, and as names are looked for in a text they still are; others may be letters of another width, or not be seen. Such a
 * text is read, whatever stands in it.
 */
const unusual =
	/[^\u0001-\u007f\u00a0\u00a7\u00ab\u00b0\u00bb\u00c0-\u00ff\u2010-\u2016\u2018-\u2027\u2030-\u203a\u20ac]/;

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';
const skipped = signs.length;
/** By the code of a sign its place in `signs`, in small letters; of everything else `skipped`: it may stand between any two. */
const placeOf = new Uint8Array(0x2100).fill(skipped);
for (const [place, sign] of [...signs].entries())
	for (const form of [sign, sign.toUpperCase()]) placeOf[form.charCodeAt(0)] = place;

const found = 0xffff_ffff;

/**
 * The words as one automaton (Aho and Corasick): in row `state` and column `sign` is where the next row begins, or `found`.
 * Row 0 is where nothing has been read of any word.
 */
const automatonOf = (words: readonly string[]): Uint32Array => {
	const rows: number[][] = [];
	const ends = new Set<number>();
	const add = () => rows.push(new Array<number>(signs.length).fill(-1)) - 1;
	add();
	for (const word of words) {
		let state = 0;
		for (const sign of word) {
			const row = rows[state]!;
			const place = signs.indexOf(sign);
			if (row[place] === -1) row[place] = add();
			state = row[place]!;
		}
		ends.add(state);
	}
	const fallback = new Array<number>(rows.length).fill(0);
	// nearer to the beginning first: where a row falls back to is complete before it is asked
	for (const queue = [0]; queue.length > 0;) {
		const state = queue.shift()!;
		if (ends.has(fallback[state]!)) ends.add(state);
		for (const [place, next] of rows[state]!.entries()) {
			const otherwise = state === 0 ? 0 : rows[fallback[state]!]![place]!;
			if (next === -1) {
				rows[state]![place] = otherwise;
				continue;
			}
			fallback[next] = otherwise;
			queue.push(next);
		}
	}
	return Uint32Array.from(rows.flatMap((row) => row.map((next) => (ends.has(next) ? found : next * signs.length))));
};

/**
 * Tells of a text whether it may name a model: true for every text in which `namesAModel` finds a name, and for a few more. It
 * reads every sign once, which a pattern that knows where names end does not.
 */
export const mayName = (names: Names): ((text: string) => boolean) => {
	// for a space of any kind in a name there may be a plain one in the text, or none; any other sign has to stand there
	const words = lookedFor(names).filter((word) => !unusual.test(word.replace(/\s/g, '')));
	const squeezed = words.map((word) => word.replace(/[^a-z0-9]/g, ''));
	if (squeezed.includes('')) return () => true;
	const automaton = automatonOf(squeezed);
	return (text) => {
		if (unusual.test(text)) return true;
		let row = 0;
		for (let at = 0; at < text.length; at++) {
			const place = placeOf[text.charCodeAt(at)]!;
			if (place === skipped) continue;
			row = automaton[row + place]!;
			if (row === found) return true;
		}
		return false;
	};
};
