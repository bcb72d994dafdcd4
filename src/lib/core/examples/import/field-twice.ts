import { doubleKey } from '../../text/double-key.ts';
import type { Row } from '../formats/format.ts';

const times = (text: string, name: string): number => {
	let count = 0;
	for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) count++;
	return count;
};

const lists = ['messages', 'conversations', 'conversation'] as const;

/**
 * A field that the line of this row names twice, or null: `JSON.parse` takes the last one, and an example or an answer is lost
 * without a word. Looking through a line sign by sign takes longer than parsing it, so it is done only where a name stands in
 * it more often than it should; what is quoted in a text is written \\", so it is not counted.
 */
export const fieldTwice = (text: string, row: Row): string | null => {
	let isOdd = false;
	for (const key in row) if (times(text, `"${key}"`) > 1) isOdd = true;
	for (const list of lists) {
		const turns = row[list];
		if (!Array.isArray(turns)) continue;
		for (const name of ['"content"', '"value"', '"role"', '"from"']) {
			if (times(text, name) > turns.length) isOdd = true;
		}
	}
	return isOdd ? doubleKey(text) : null;
};
