import { endOfString } from './json.ts';

const spaces = new Set([' ', '\t', '\n', '\r']);
const isBeforeColon = (text: string, from: number): boolean => {
	let at = from;
	while (spaces.has(text[at]!)) at++;
	return text[at] === ':';
};

/**
 * The first field that an object of this JSON names twice, or null. `JSON.parse` takes the last one without a word, and another
 * reader on the way may have taken the first. For a text that `JSON.parse` has accepted.
 */
export const doubleKey = (text: string): string | null => {
	// of each open bracket: the fields so far; a list has none
	const open: (Set<string> | null)[] = [];
	for (let at = 0; at < text.length; at++) {
		const sign = text[at];
		if (sign === '{') open.push(new Set());
		else if (sign === '[') open.push(null);
		else if (sign === '}' || sign === ']') open.pop();
		else if (sign === '"') {
			const end = endOfString(text, at);
			const fields = open.at(-1);
			if (fields && isBeforeColon(text, end + 1)) {
				const name = JSON.parse(text.slice(at, end + 1)) as string;
				if (fields.has(name)) return name;
				fields.add(name);
			}
			at = end;
		}
	}
	return null;
};
