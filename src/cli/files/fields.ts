import { endOfString } from '../../lib/core/text/json.ts';

/** A field of an object as it stands in a text: from its key to behind its value. */
export type Field = { name: string; at: number; from: number; to: number };

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const isBlank = (code: number) => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

const skipBlanks = (text: string, from: number): number => {
	let at = from;
	while (isBlank(text.charCodeAt(at))) at++;
	return at;
};

/** Behind the value that begins here. It is not asked whether the value is well formed inside. */
const endOfValue = (text: string, from: number): number => {
	let depth = 0;
	for (let at = from; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === quote) {
			at = endOfString(text, at);
			if (depth === 0) return at + 1;
		} else if (code === 0x7b || code === 0x5b) depth++;
		else if (code === 0x7d || code === 0x5d) {
			if (depth === 0) return at; // a number, before the end of the object
			if (--depth === 0) return at + 1;
		} else if (depth === 0 && (code === comma || isBlank(code))) return at;
	}
	return text.length;
};

/** The fields of one JSON object, in their order; null for what is none. Bytes and text alike: JSON's own signs are ASCII. */
export const fieldsOf = (text: string): { fields: Field[]; close: number } | null => {
	let at = skipBlanks(text, 0);
	if (text.charCodeAt(at) !== 0x7b) return null;
	const fields: Field[] = [];
	at = skipBlanks(text, at + 1);
	if (text.charCodeAt(at) !== 0x7d)
		for (;;) {
			if (text.charCodeAt(at) !== quote) return null;
			const end = endOfString(text, at);
			const name = text.slice(at + 1, end);
			const behind = skipBlanks(text, end + 1);
			if (text.charCodeAt(behind) !== colon) return null;
			const from = skipBlanks(text, behind + 1);
			const to = endOfValue(text, from);
			if (to === from || to > text.length) return null;
			fields.push({ name, at, from, to });
			at = skipBlanks(text, to);
			const code = text.charCodeAt(at);
			if (code === 0x7d) break;
			if (code !== comma) return null;
			at = skipBlanks(text, at + 1);
		}
	return skipBlanks(text, at + 1) === text.length ? { fields, close: at } : null;
};

/**
 * The same object with other values, as JSON texts; undefined takes a field out. Every other field stays as it is written, to
 * the digit, and new ones come last. Null where the text is no object.
 */
export const withFields = (text: string, values: Readonly<Record<string, string | undefined>>): string | null => {
	const found = fieldsOf(text);
	if (!found) return null;
	const { fields, close } = found;
	let result = text.slice(0, close).trimEnd();
	const left = new Map(Object.entries(values));
	for (let index = fields.length - 1; index >= 0; index--) {
		const { name, at, from, to } = fields[index]!;
		if (!left.has(name)) continue;
		const value = left.get(name);
		left.delete(name);
		if (value !== undefined) result = result.slice(0, from) + value + result.slice(to);
		else {
			const next = fields[index + 1];
			const start = index === 0 ? at : fields[index - 1]!.to;
			result = result.slice(0, start) + result.slice(index === 0 && next ? next.at : to);
		}
	}
	const isEmpty = /^\s*\{\s*$/.test(result);
	const more = [...left]
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${JSON.stringify(name)}:${value}`);
	return `${result}${!isEmpty && more.length > 0 ? ',' : ''}${more.join(',')}${text.slice(close)}`;
};

/** Of a line as the original and we write it: what stands behind the conversation. Without a side there is no field for one. */
export type Tail = { rating: number | null; split: 'train' | 'val' | null };

const ratingKey = Buffer.from('"rating":');
const nothing = Buffer.from('null');
const splitName = Buffer.from('"split":');
const sides = { train: Buffer.from('"train"'), val: Buffer.from('"val"') };
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** Whether these bytes stand there. */
export const standsAt = (buffer: Buffer, at: number, bytes: Buffer): boolean => {
	for (let i = 0; i < bytes.length; i++) if (buffer[at + i] !== bytes[i]) return false;
	return true;
};

/** Behind the last `"rating":`; 0 where there is none. */
const behindRating = (buffer: Buffer, from: number, to: number): number => {
	for (let at = to - ratingKey.length; at > from; at--)
		if (buffer[at] === quote && standsAt(buffer, at, ratingKey))
			return buffer[at - 1] === backslash ? 0 : at + ratingKey.length;
	return 0;
};

/** Behind the text or the single value that begins here; 0 where there is none. */
const behindValue = (buffer: Buffer, from: number, to: number): number => {
	const first = buffer[from]!;
	let at = from + 1;
	if (first === quote) {
		for (; at < to && buffer[at] !== quote; at++) if (buffer[at] === backslash) at++;
		return at + 1;
	}
	if (!isDigit(first) && first !== 0x6e && first !== 0x74 && first !== 0x66) return 0;
	while (at < to && buffer[at] !== comma && buffer[at] !== 0x7d) at++;
	return at;
};

/**
 * Rating and split of a line without reading its conversation; null where that cannot be told for certain. A quotation mark
 * inside a text has a backslash, so `"rating":` is a key; and when only one brace closes behind it, it is the example's own.
 */
export const tailAt = (buffer: Buffer, from: number, to: number): Tail | null => {
	if (buffer[from] !== 0x7b) return null;
	let at = behindRating(buffer, from, to);
	if (at === 0) return null;
	let rating: Tail['rating'] = null;
	if (standsAt(buffer, at, nothing)) at += nothing.length;
	else {
		rating = buffer[at++]! - 0x30;
		if (rating === 1 && buffer[at] === 0x30) {
			rating = 10;
			at++;
		}
		if (!(rating >= 1 && rating <= 10)) return null;
	}
	let split: Tail['split'] = null;
	while (buffer[at] === comma) {
		const name = at + 1;
		if (buffer[name] !== quote) return null;
		const value = behindValue(buffer, name, to) + 1;
		if (buffer[value - 1] !== colon) return null;
		at = behindValue(buffer, value, to);
		if (at === 0) return null;
		if (!standsAt(buffer, name, splitName)) continue;
		if (standsAt(buffer, value, sides.train)) split = 'train';
		else if (standsAt(buffer, value, sides.val)) split = 'val';
		else return null;
	}
	return buffer[at] === 0x7d && at === to - 1 ? { rating, split } : null;
};
