import { figure } from './figure.ts';
import { AppError } from '../errors.ts';

/** Deeper than any real data, shallow enough for every recursive reader downstream, Postgres included. */
export const maxDepth = 64;
export const tooDeep = `it is nested more than ${maxDepth} levels deep`;
/** Commas, colons and opening brackets of one value: what `JSON.parse` makes of it in some 20 ms. Text is cheap, so its length does not count. */
const maxMarks = 30_000;

/**
 * Why a text must not be given to `JSON.parse`, or null. A megabyte of brackets keeps it busy for half a second, in which
 * nobody else is answered; counting them takes a hundredth of that. Depth alone costs nothing: `JSON.parse` does not recurse.
 */
export const burdenOf = (text: string): string | null => {
	if (text.length <= maxMarks) return null;
	let marks = 0;
	for (let at = 0; at < text.length && marks <= maxMarks; at++) {
		const sign = text.charCodeAt(at);
		if (sign === 0x22) at = endOfString(text, at);
		// , : [ {
		else if (sign === 0x2c || sign === 0x3a || sign === 0x5b || sign === 0x7b) marks++;
	}
	return marks > maxMarks ? `it has more than ${figure(maxMarks)} fields and values` : null;
};

/** A string ends at the next quotation mark that has no backslash of its own. */
export const endOfString = (text: string, start: number): number => {
	for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
		let backslashes = 0;
		while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
		if (backslashes % 2 === 0) return at;
	}
	return text.length;
};

/** `JSON.parse` for what strangers sent. Throws *invalid* where that would take too long, and what `JSON.parse` throws. */
export const readJson = (text: string): unknown => {
	const burden = burdenOf(text);
	if (burden) throw new AppError('invalid', `This is too much to be read: ${burden}. Send it in parts.`);
	return JSON.parse(text);
};

/**
 * Why a value that came out of `JSON.parse` cannot be kept, or null: nested too deeply, a `__proto__` field, a number beyond
 * what a double holds (1e400), or half of a surrogate pair, which UTF-8 and so Postgres cannot store. Walks with its own
 * stack, so nesting cannot overflow ours.
 */
export const valueProblem = (value: unknown): string | null => {
	const values: unknown[] = [value];
	const depths: number[] = [1];
	while (values.length > 0) {
		const current = values.pop();
		const depth = depths.pop()!;
		if (typeof current === 'string') {
			if (!current.isWellFormed()) return 'it holds half of a character (a lone surrogate)';
		} else if (typeof current === 'number') {
			if (!Number.isFinite(current)) return 'it holds a number that is too large';
		} else if (typeof current === 'object' && current !== null) {
			if (depth > maxDepth) return tooDeep;
			for (const [key, inner] of Object.entries(current)) {
				if (key === '__proto__') return 'it has a field called "__proto__"';
				if (!key.isWellFormed()) return 'it holds half of a character (a lone surrogate)';
				values.push(inner);
				depths.push(depth + 1);
			}
		}
	}
	return null;
};

/** Fit to stand in a sentence, and to be stored: no control characters, no halves of characters. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f]/g, ' ').toWellFormed();

/** What `JSON.parse` complained about, without the engine's quotation of the text: `unterminated string at character 13`. */
export const syntaxProblem = (error: unknown): string => {
	const message = error instanceof Error ? error.message : '';
	if (/end of (JSON input|data)/i.test(message)) return 'it ends too early';
	const words = printable(
		message
			.replace('JSON.parse: ', '')
			.replace(/, (\.\.\.)?".*/s, '')
			.replace(
				/ (in|after) JSON at position (\d+).*/s,
				(_, where, at) => `${where === 'after' ? ' after the end' : ''} at character ${Number(at) + 1}`
			)
	);
	return words === '' ? 'it cannot be read' : words[0]!.toLowerCase() + words.slice(1);
};

/** A value as a sentence can quote it: short, on one line. */
export const shown = (value: unknown): string => {
	if (typeof value === 'string') return `"${printable(value.slice(0, 30))}${value.length > 30 ? '…' : ''}"`;
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
