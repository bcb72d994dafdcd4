/** So many examples share a signature; the database says the same (drizzle/functions/totals.sql). */
export const signedTogether = 32;
/** A quarter of it is set by as many conversations as people write. A row with it still lies in one piece. */
const bits = 14_336;

/** Case is no difference, as in the database's own comparison, for which a sigma is one wherever it stands. */
const folded = (text: string) => text.toLowerCase().replaceAll('ς', 'σ');

const place = (code: number) => (Math.imul(code, 0x9e3779b1) >>> 0) % bits;

/**
 * Where a text leaves its marks: one for each sign, and one for each three in a row that every alphabet knows alike. In a column, as a
 * million examples are signed beside those who use the app.
 */
const placesIn = (text: string): Uint16Array => {
	const places = new Uint16Array(2 * text.length);
	let count = 0;
	let [before, last] = [128, 128];
	for (let i = 0; i < text.length; i++) {
		const sign = text.charCodeAt(i);
		places[count++] = place(sign + 0x1000000);
		if (sign < 128 && last < 128 && before < 128) places[count++] = place((before << 14) | (last << 7) | sign);
		before = last;
		last = sign;
	}
	return places.subarray(0, count);
};

/** The marks of some texts: what has not all the marks of a word stands in none of them. Bits as PostgreSQL counts them. */
export const signatureOf = (texts: Iterable<string>): Buffer => {
	const signature = Buffer.alloc(bits / 8);
	for (const text of texts) {
		const places = placesIn(folded(text));
		for (let at = 0; at < places.length; at++) signature[places[at]! >> 3]! |= 1 << (places[at]! & 7);
	}
	return signature;
};

/** The marks to look for, the last of a word first: those of three signs are rarer than those of one. */
export const marksOf = (words: string): number[] => [...new Set(placesIn(folded(words)))].reverse();
