import { readJson } from '../../text/json.ts';

/** How an element begins: what others of its kind begin with too. */
export type Beginning = string;

/**
 * How the elements of a document begin, by this one: the bracket with the first field, or, where it stands alone on a line, the
 * bracket with its indent (`start`). Null where that cannot be told.
 */
export const begunLike = (raw: string, start: string): Beginning | null => {
	const alone = start === '' ? undefined : /^\{[ \t]*\r?\n/.exec(raw)?.[0];
	const begin = alone ?? /^\{\s*"(?:[^"\\]|\\.){0,100}"/.exec(raw)?.[0];
	return begin === undefined ? null : start + begin;
};

const isWhole = (raw: string): boolean => {
	try {
		readJson(raw);
		return true;
	} catch {
		return false;
	}
};

const linesIn = (text: string): number => {
	let lines = 0;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
	return lines;
};

/**
 * Whether an element has swallowed others: one that lacks a bracket or a quotation mark goes on to the next bracket that closes
 * it. What is well-formed and only holds something like itself has not.
 */
export const isTorn = (raw: string, alike: Beginning): boolean => raw.includes(alike, 1) && !isWhole(raw);

/** A torn element, cut wherever one begins that is `alike`; each piece says how many lines lie before it. */
export function* cutUp(raw: string, alike: Beginning): Generator<{ text: string; lines: number }> {
	let lines = 0;
	for (let from = 0; from < raw.length;) {
		const next = raw.indexOf(alike, from + 1);
		const to = next < 0 ? raw.length : next;
		const piece = raw.slice(from, to);
		const text = piece.trimStart();
		yield { text: text.replace(/[\s,\]]+$/, ''), lines: lines + linesIn(piece.slice(0, piece.length - text.length)) };
		lines += linesIn(piece);
		from = to;
	}
}

const byByte = new TextDecoder('latin1');
const encoder = new TextEncoder();

/** Where the last one in these bytes begins that is `alike`, not counting what stands first; -1: none does. */
export const lastAlike = (bytes: Uint8Array, alike: Beginning): number => {
	const at = byByte.decode(bytes).lastIndexOf(byByte.decode(encoder.encode(alike)));
	return at > 0 ? at : -1;
};
