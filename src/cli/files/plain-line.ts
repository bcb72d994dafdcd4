// Longer than most: one reader, which sees every byte of a line once. It makes no object and no text of what it finds, which is what
// reading a hundred thousand lines spends its time on.
import { isUtf8 } from 'node:buffer';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { maxCharacters } from '../../lib/core/examples/conversation.ts';
import type { Side } from './examples.ts';
import { standsAt, tailAt } from './fields.ts';

/** An example whose line is written as the original and we write it, as places in the buffer in which it stands. */
export type PlainLine = {
	/** What the file calls it. */
	id: number;
	rating: number | null;
	split: Side | null;
	/** How many turns it has; of each its role, by its place in `roleNames`, and its content between the quotation marks. */
	turns: number;
	roles: Uint8Array;
	starts: Int32Array;
	ends: Int32Array;
	/** Its list of turns, with the brackets. */
	from: number;
	to: number;
	isAscii: boolean;
	/** The bytes of its turns are what `JSON.stringify` would write. */
	isCanonical: boolean;
	/** A text of it has a sign with which a control token may begin. */
	hasBracket: boolean;
};

export const roleNames = ['system', 'user', 'assistant'] as const;
const [system, user, assistant] = [0, 1, 2];
const mostTurns = 200;

const head = Buffer.from('{"id":');
const list = Buffer.from(',"messages":[');
const rating = Buffer.from('],"rating":');
const createdAt = Buffer.from(',"createdAt":"');
const version = Buffer.from(',"version":');
const split = Buffer.from(',"split":"');
const turnHeads = roleNames.map((role) => Buffer.from(`{"role":"${role}","content":"`));
const roleAt = 9;
const [quote, backslash, slash, comma, brace] = [0x22, 0x5c, 0x2f, 0x2c, 0x7d];
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isBlank = (code: number) => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Signs that stand behind a backslash, with what they mean; 0 for all others. An escape by number may be half of a character. */
export const meanings = new Uint8Array(256);
for (const [sign, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
	meanings[sign!.charCodeAt(0)] = meaning!.charCodeAt(0);

/** Signs at which reading a text stops to look. All others are passed over. */
const stops = new Uint8Array(256);
for (let code = 0; code < 256; code++)
	if (code < 0x20 || code > 0x7f || '"\\<['.includes(String.fromCharCode(code))) stops[code] = 1;

const found: PlainLine = {
	...{ id: 0, rating: null, split: null, turns: 0, from: 0, to: 0 },
	roles: new Uint8Array(mostTurns),
	starts: new Int32Array(mostTurns),
	ends: new Int32Array(mostTurns),
	...{ isAscii: true, isCanonical: true, hasBracket: false }
};

/** Behind a whole number of at most fifteen digits; 0 where there is none. */
const behindNumber = (buffer: Buffer, from: number): number => {
	let at = from;
	while (isDigit(buffer[at]!)) at++;
	const isWhole = at === from + 1 || (at > from && at <= from + 15 && buffer[from] !== 0x30);
	return isWhole ? at : 0;
};

/** Behind the head of the turn that begins here, whose role is taken down; 0 where none does. */
const behindHead = (buffer: Buffer, at: number): number => {
	const first = buffer[at + roleAt];
	const role = first === 0x75 ? user : first === 0x61 ? assistant : system;
	if (!standsAt(buffer, at, turnHeads[role]!)) return 0;
	found.roles[found.turns] = role;
	return at + turnHeads[role]!.length;
};

/** The end of the text that begins here; 0 where it is broken, empty, or has an escape by number. */
const endOfText = (buffer: Buffer, from: number, to: number): number => {
	let hasInk = false;
	let isAscii = true;
	let at = from;
	for (;;) {
		const start = at;
		while (stops[buffer[at]!] === 0) at++;
		for (let ink = start; !hasInk && ink < at; ink++) hasInk = !isBlank(buffer[ink]!);
		if (at >= to) return 0;
		const code = buffer[at]!;
		if (code === quote) break;
		if (code === backslash) {
			const sign = buffer[++at]!;
			const meaning = meanings[sign]!;
			if (meaning === 0) return 0;
			if (sign === slash) found.isCanonical = false;
			hasInk ||= !isBlank(meaning);
		} else if (code < 0x20) return 0;
		else if (code > 0x7f) isAscii = false;
		else found.hasBracket = hasInk = true;
		at++;
	}
	if (!isAscii) {
		found.isAscii = false;
		hasInk ||= buffer.toString('utf8', from, at).trim() !== '';
	}
	return hasInk ? at : 0;
};

/** Behind what is known to stand after a rating: one field more is something that nobody looks at here. */
const behindKnown = (buffer: Buffer, from: number): number => {
	let at = from;
	while (buffer[at] !== comma && buffer[at] !== brace) at++;
	if (standsAt(buffer, at, createdAt)) {
		at += createdAt.length;
		while (stops[buffer[at]!] === 0) at++;
		if (buffer[at++] !== quote) return 0;
	}
	if (standsAt(buffer, at, version)) {
		const start = at + version.length;
		at = behindNumber(buffer, start);
		if (at === 0) return 0;
	}
	if (standsAt(buffer, at, split)) at = buffer.indexOf(quote, at + split.length) + 1;
	return at + 1;
};

/**
 * What stands in a line, only good until the next one is read. Text alone, in turns of role and content, behind an id; anything else
 * is null, and read by the rules of every line (`readExample`), which say the same of what is found here. `tail`: where it is known.
 */
export const plainLineAt = (
	buffer: Buffer,
	from: number,
	to: number,
	tail = tailAt(buffer, from, to)
): PlainLine | null => {
	if (!tail || to - from > maxCharacters || !standsAt(buffer, from, head)) return null;
	const idEnd = behindNumber(buffer, from + head.length);
	if (idEnd === 0 || !standsAt(buffer, idEnd, list)) return null;
	let at = idEnd + list.length - 1;
	found.turns = 0;
	found.from = at;
	found.isAscii = true;
	found.isCanonical = true;
	found.hasBracket = false;
	let isAsked = false;
	do {
		const start = found.turns < mostTurns ? behindHead(buffer, at + 1) : 0;
		const end = start === 0 ? 0 : endOfText(buffer, start, to);
		if (end === 0 || buffer[end + 1] !== brace) return null;
		isAsked ||= found.roles[found.turns] === user;
		found.starts[found.turns] = start;
		found.ends[found.turns++] = end;
		at = end + 2;
	} while (buffer[at] === comma);
	if (!isAsked || found.roles[found.turns - 1] !== assistant || !standsAt(buffer, at, rating)) return null;
	if (behindKnown(buffer, at + rating.length) !== to) return null;
	// a mark that stands for what could not be read may not be learnt
	if (!found.isAscii && (!isUtf8(buffer.subarray(from, to)) || buffer.subarray(from, to).includes('\ufffd')))
		return null;
	found.id = Number(buffer.toString('latin1', from + head.length, idEnd));
	found.rating = tail.rating;
	found.split = tail.split;
	found.to = at + 1;
	return found;
};

/** Its turns, as every line gives them. */
export const messagesAt = (buffer: Buffer, line: PlainLine): Message[] =>
	Array.from({ length: line.turns }, (_, turn) => ({
		role: roleNames[line.roles[turn]!]!,
		content: JSON.parse(buffer.toString('utf8', line.starts[turn]! - 1, line.ends[turn]! + 1)) as string
	}));
