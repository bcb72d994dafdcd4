import { createHash, hash } from 'node:crypto';
import type { Message } from '../../lib/core/examples/conversation.ts';
import { contentText, exactText, promptText } from '../../lib/core/examples/fingerprint.ts';
import { hashBytes } from '../../lib/core/math/hash.ts';
import { type PlainLine, meanings, messagesAt, roleNames } from './plain-line.ts';

/** In one call where Node can: an object for each of a million texts costs more than the hash. */
const hashed = (text: string | Uint8Array, as: 'hex' | 'binary'): string =>
	typeof hash === 'function' ? hash('sha256', text, as) : createHash('sha256').update(text).digest(as);
const inHex = (text: string | Uint8Array): string => hashed(text, 'hex');

/** 48 bits of the hash of a text. */
export const numberOf = (text: string | Uint8Array): number => {
	const bytes = hashed(text, 'binary');
	let number = 0;
	for (let at = 0; at < 6; at++) number = number * 256 + bytes.charCodeAt(at);
	return number;
};

/** What two examples with the same question have in common. As the app takes it: the same file and seed give the same split here and there. */
export const promptHash = (messages: readonly Message[], prompt = promptText(messages)): string => inHex(prompt);

/** What two examples have in common that say the same. */
export const saidHash = (messages: readonly Message[], prompt = promptText(messages)): string =>
	inHex(contentText(messages, prompt));

/** What two copies have in common, to the sign; 48 bits of it. The project's own system prompt makes no difference. */
export const copyHash = (messages: readonly Message[], systemPrompt: string | null): number =>
	numberOf(`${contentText(messages)}\n\n${exactText(messages, systemPrompt)}`);

const [tab, newline, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
/** What each byte is as texts are compared: small letters, one kind of blank. 0: a backslash, behind which the sign says it. */
const foldings = Uint8Array.from({ length: 128 }, (_, code) => {
	if (code === space || (code >= tab && code <= carriageReturn)) return space;
	return code >= 0x41 && code <= 0x5a ? code + 0x20 : code === 0x5c ? 0 : code;
});
const heads = roleNames.map((role) => Buffer.from(`${role}\n`));
let room = Buffer.alloc(1 << 14);
let roomView = viewOf(room);
let viewed: Buffer = room;
let view = roomView;

function viewOf(buffer: Buffer): DataView {
	return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

const makeRoom = (bytes: number) => {
	if (room.length >= bytes) return;
	room = Buffer.alloc(2 * bytes);
	roomView = viewOf(room);
};

/** The highest bit of each of four bytes below 128 that is the byte of which `four` has four. */
const bitsAt = (word: number, four: number): number => ~(((word ^ four) + 0x7f7f7f7f) | 0) & 0x80808080;

/** Puts one turn behind the others as `turnText` writes it, and says where it ends. ASCII alone. */
const foldTurn = (buffer: Buffer, { roles, starts, ends }: PlainLine, turn: number, from: number): number => {
	if (buffer !== viewed) [viewed, view] = [buffer, viewOf(buffer)];
	const [source, target, folded] = [view, roomView, room];
	const end = ends[turn]!;
	let to = from;
	const head = heads[roles[turn]!]!;
	for (let at = 0; at < head.length; at++) folded[to++] = head[at]!;
	const start = to;
	let wasBlank = 1; // what it begins with is left out
	for (let at = starts[turn]!; at < end;) {
		// four bytes in a go, as most are letters between single blanks
		if (at + 4 <= end) {
			const word = source.getInt32(at, true);
			const blanks = bitsAt(word, 0x20202020);
			const isPlain = (bitsAt(word, 0x5c5c5c5c) | (blanks & ((blanks << 8) | (wasBlank << 7)))) === 0;
			if (isPlain) {
				const capitals = (word + 0x3f3f3f3f) & ~(word + 0x25252525) & 0x80808080;
				target.setInt32(to, word | (capitals >>> 2), true);
				wasBlank = blanks >>> 31;
				at += 4;
				to += 4;
				continue;
			}
		}
		let code = foldings[buffer[at++]!]!;
		if (code === 0) {
			const meaning = meanings[buffer[at++]!]!;
			code = foldings[meaning]! || meaning;
		}
		// added up and not decided: a wrong guess after each word would cost more than all the rest
		const isBlank = ((code ^ space) - 1) >>> 31;
		folded[to] = code;
		to += 1 - (isBlank & wasBlank);
		wasBlank = isBlank;
	}
	if (wasBlank && to > start) to--;
	folded[to++] = newline;
	return to;
};

const numberOfPrompt = (prompt: string): number => {
	makeRoom(3 * prompt.length); // UTF-8 of a UTF-16 unit
	return hashBytes(roomView, room.write(prompt));
};

/** What tells prompts apart within one command. It is kept nowhere. */
export const promptNumber = (messages: readonly Message[]): number => numberOfPrompt(promptText(messages));

/** What an answer to a prompt is kept under: 48 bits of its hash, the same tomorrow. */
export const keptNumber = (messages: readonly Message[]): number => numberOf(promptText(messages));

export type Hashes = {
	/** `promptNumber` */
	prompt: number;
	/** `saidHash` */
	said: string;
};

/** Both hashes of a conversation. */
export const hashesOf = (messages: readonly Message[]): Hashes => {
	const prompt = promptText(messages);
	return { prompt: numberOfPrompt(prompt), said: saidHash(messages, prompt) };
};

/** The hashes of a line as of its turns, without making any of them a text where all is ASCII. */
export const hashesAt = (buffer: Buffer, line: PlainLine): Hashes => {
	if (!line.isAscii) return hashesOf(messagesAt(buffer, line));
	makeRoom(line.to - line.from);
	let end = 0;
	for (let turn = 0; turn < line.turns - 1; turn++)
		if (roleNames[line.roles[turn]!] !== 'system') end = foldTurn(buffer, line, turn, end);
	const prompt = hashBytes(roomView, end);
	return { prompt, said: inHex(room.subarray(0, foldTurn(buffer, line, line.turns - 1, end))) };
};

/** `copyHash` of a line, in the same way; of one whose bytes are not what `JSON.stringify` writes, by its turns. */
export const copyHashAt = (buffer: Buffer, line: PlainLine, systemPrompt: string | null): number => {
	if (!line.isAscii || !line.isCanonical) return copyHash(messagesAt(buffer, line), systemPrompt);
	const { roles, starts, ends, turns } = line;
	makeRoom(3 * (line.to - line.from));
	const beside = systemPrompt === null ? null : Buffer.from(JSON.stringify(systemPrompt));
	let end = 0;
	for (let turn = 0; turn < turns; turn++)
		if (roleNames[roles[turn]!] !== 'system') end = foldTurn(buffer, line, turn, end);
	room[end++] = newline;
	room[end++] = newline;
	for (let turn = 0; turn < turns; turn++) {
		const isAnswer = turn === turns - 1;
		if (!isAnswer && roleNames[roles[turn]!] !== 'system') continue;
		const [from, to] = [starts[turn]! - 1, ends[turn]! + 1]; // with its quotation marks
		if (!isAnswer && beside && buffer.compare(beside, 0, beside.length, from, to) === 0) continue;
		end += buffer.copy(room, end, from, to);
		if (!isAnswer) room[end++] = newline;
	}
	return numberOf(room.subarray(0, end));
};

const free = -1;

const placeIn = (slots: Float64Array, value: number): number => {
	const mask = slots.length - 1;
	let at = (value % 0x1_0000_0000) & mask;
	while (slots[at] !== free && slots[at] !== value) at = (at + 1) & mask;
	return at;
};

/** A set of such numbers in a dozen or two bytes each, where a `Set` takes fifty: a file may have a million lines. */
export const numberSet = () => {
	let slots = new Float64Array(1 << 12).fill(free);
	let indexes = new Int32Array(1 << 12);
	let size = 0;
	const grow = () => {
		const larger = new Float64Array(slots.length * 2).fill(free);
		const moved = new Int32Array(slots.length * 2);
		for (let at = 0; at < slots.length; at++) {
			if (slots[at] === free) continue;
			const to = placeIn(larger, slots[at]!);
			larger[to] = slots[at]!;
			moved[to] = indexes[at]!;
		}
		[slots, indexes] = [larger, moved];
	};
	/** Which it is, in the order in which they came; it is taken in where it is new. */
	const indexOf = (value: number): number => {
		const at = placeIn(slots, value);
		if (slots[at] === value) return indexes[at]!;
		slots[at] = value;
		indexes[at] = size++;
		if (size * 4 > slots.length * 3) grow();
		return size - 1;
	};
	return {
		has: (value: number): boolean => slots[placeIn(slots, value)] === value,
		/** Whether it is new. */
		add: (value: number): boolean => {
			const before = size;
			indexOf(value);
			return size > before;
		},
		indexOf,
		/** How many of them are in the other one too. */
		countIn: (other: { has(value: number): boolean }): number => {
			let count = 0;
			for (const value of slots) if (value !== free && other.has(value)) count++;
			return count;
		},
		size: () => size
	};
};
export type NumberSet = ReturnType<typeof numberSet>;
