// What a person reads in their terminal and types in the browser (RFC 8628, 6.1): letters only, no vowels, so that no word comes of
// it, and nothing that looks like something else. 20 letters in 8 places: 25.6 thousand million.

const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;

/** How many letters there are to choose from, and how many numbers below that `userCodeFrom` takes. */
export const userCodeSigns = letters.length;
export const userCodeLength = length;

/** The code of random numbers, as it is shown: `BCDF-GHJK`. */
export const userCodeFrom = (random: readonly number[]): string => {
	if (random.length !== length) throw new RangeError(`A code has ${length} letters`);
	const code = random.map((number) => letters.charAt(number)).join('');
	return `${code.slice(0, 4)}-${code.slice(4)}`;
};

/** A code as people type it, as it is shown: small letters, spaces and dashes do not matter. Null for what is none. */
export const readUserCode = (typed: string): string | null => {
	const code = typed.toUpperCase().replace(/[\s\-–—]/g, '');
	return new RegExp(`^[${letters}]{${length}}$`).test(code) ? `${code.slice(0, 4)}-${code.slice(4)}` : null;
};
