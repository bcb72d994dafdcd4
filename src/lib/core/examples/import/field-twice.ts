import { doubleKey } from '../../text/double-key.ts';
import type { Row } from '../formats/format.ts';

const isMoreThan = (most: number, text: string, name: string): boolean => {
	let count = 0;
	for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) if (++count > most) return true;
	return false;
};

const lists = ['messages', 'conversations', 'conversation'] as const;
const turnFields = ['content', 'value', 'role', 'from'] as const;
const has = (turn: unknown, field: string) => typeof turn === 'object' && turn !== null && field in turn;

/**
 * A field that the line of this row names twice, or null: `JSON.parse` takes the last one, and an example or an answer is lost
 * without a word. Looking through a line sign by sign takes longer than parsing it, so it is done only where a name stands in
 * it more often than it should; what is quoted in a text is written \\", so it is not counted.
 */
export const fieldTwice = (text: string, row: Row): string | null => {
	for (const key in row) if (isMoreThan(1, text, `"${key}"`)) return doubleKey(text);
	for (const list of lists) {
		const turns = row[list];
		if (!Array.isArray(turns)) continue;
		for (const field of turnFields) {
			// what a turn names twice it has once, and what only some turns have stands in no more of them
			const most = turns.reduce<number>((count, turn) => count + Number(has(turn, field)), 0);
			if (most > 0 && isMoreThan(most, text, `"${field}"`)) return doubleKey(text);
		}
	}
	return null;
};
