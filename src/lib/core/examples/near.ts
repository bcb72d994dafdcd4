// Long because one index and its rule belong together. Prompts that nearly say the same: what a model has learnt of one it knows of the other. README.md of core/evaluations has the rule.
import { hash } from '../math/hash.ts';
import { sorting } from '../math/sorting.ts';
import { type Steps, atOnce, isRest } from '../steps.ts';
import type { Message } from './conversation.ts';
import { normalise } from './fingerprint.ts';
import { Places } from './near-places.ts';

/** Shorter turns say too little to be known by: they count within the whole that leads to an answer. */
const shortestTurn = 40;
const gram = 5;
/** Of what both say so much is the same, or of the shorter one so much stands in the other. */
const alike = 0.7;
const contained = 0.9;

/** Letters as they are compared: width, case, white space, punctuation and what has no width make no difference. */
export const folded = (text: string): string =>
	normalise(text)
		.replace(/\p{Cf}+/gu, '')
		.replace(/[\p{P} ]+/gu, ' ')
		.trim();

/** What an example is known by. `turns` may be found within others, the rest only as a whole. */
export type Sayings = { turns: string[]; wholes: string[]; around: string[] };

/** Every user turn that says enough, everything that leads to an answer, and the system prompts, in which a prompt may be quoted. */
export const sayingsOf = (messages: readonly Message[]): Sayings => {
	const sayings: Sayings = { turns: [], wholes: [], around: [] };
	let whole = '';
	for (const { role, content } of messages) {
		const text = folded(content);
		if (role === 'system') {
			if (text.length >= shortestTurn) sayings.around.push(text);
			continue;
		}
		if (role === 'user' && text.length >= shortestTurn) sayings.turns.push(text);
		if (role === 'assistant' && whole !== '') sayings.wholes.push(whole);
		whole += whole === '' ? text : ` ${text}`;
	}
	// one turn that leads to its answer is both
	sayings.wholes = [...new Set(sayings.wholes)].filter((text) => !sayings.turns.includes(text));
	return sayings;
};

const fnv = (text: string, from: number, size: number): number => {
	let value = 0x811c9dc5;
	for (let at = from; at < from + size; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
	return value ^ (value >>> 15);
};

/** The pieces of five letters of a text, each once; those in `common` are left out. */
export const gramsOf = (text: string, common: ReadonlySet<number> = none): Set<number> => {
	const grams = new Set<number>();
	for (let at = 0; at + gram <= text.length; at++) {
		const piece = fnv(text, at, gram);
		if (!common.has(piece)) grams.add(piece);
	}
	return grams;
};
const none: ReadonlySet<number> = new Set();

/** So many prompts have to share a piece before it is called common, however few there are. */
const fewestCommon = 10;
const commonShare = 0.2;

/** Pieces that stand in more than a fifth of these prompts: one long instruction would make a single family of everything. */
export function* countingCommon(prompts: readonly Sayings[]): Steps<Set<number>> {
	// a map that grows moves all it has, and of one with a million pieces others would notice that
	const parts = Array.from({ length: countedApart }, () => new Map<number, number>());
	for (const { turns, wholes, around } of prompts) {
		const own = new Set<number>();
		for (const text of [...turns, ...wholes, ...around]) {
			const pieces = gramsOf(text);
			if (text.length > longText) yield;
			for (const piece of pieces) own.add(piece);
			yield;
		}
		for (const piece of own) {
			const counts = parts[piece & (countedApart - 1)]!;
			counts.set(piece, (counts.get(piece) ?? 0) + 1);
		}
		yield;
	}
	const least = Math.max(fewestCommon, commonShare * prompts.length);
	const common = new Set<number>();
	for (const counts of parts) {
		for (const [piece, count] of counts) if (count > least) common.add(piece);
		yield;
	}
	return common;
}
/** A power of two. */
const countedApart = 128;
/** A text of so many letters takes a few milliseconds, whatever is asked of it. */
const longText = 50_000;

/** Fewer pieces than this are left of a text that is nearly all common: only its whole tells anything. */
const fewestPieces = 8;

/** How much two texts have in common, 0 to 1: of both together, or of the shorter one where that may stand `within` the other. */
export const likeness = (one: ReadonlySet<number>, two: ReadonlySet<number>, within: boolean): number => {
	const [few, many] = one.size <= two.size ? [one, two] : [two, one];
	if (few.size < fewestPieces) return 0;
	let shared = 0;
	for (const piece of few) if (many.has(piece)) shared++;
	const ofBoth = shared / (one.size + two.size - shared);
	return ofBoth >= alike || !within ? ofBoth : Math.max(ofBoth, (shared / few.size) * (alike / contained));
};
export const isNear = (share: number) => share >= alike - 1e-12;

const base = 0x01000193;
const power = (letters: number) => {
	let value = 1;
	for (let i = 0; i < letters; i++) value = Math.imul(value, base);
	return value;
};
/** So that every bit of a number says something of all of it (the end of MurmurHash3). */
const mixed = (value: number): number => {
	value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
	return value ^ (value >>> 16);
};

type Piece = { text: string; prompt: number; isTurn: boolean; isAround: boolean };

/**
 * Texts are looked up by pieces of so many letters, of which a fourth is kept, and of each of those so many texts: short ones tell a
 * short text after a change, long ones one among many that use the same few words.
 */
const key = { letters: [9, 18], ofEach: 4, texts: 12 };

/**
 * Finds near twins among prompts that come one after the other. All texts are kept in memory, as folded: about as much as they have
 * letters, and some seven times that to find them by.
 */
export class NearIndex {
	#pieces: Piece[] = [];
	/** Of each text how long it is, and how many keys of the one that is looked up it has; those that have any. */
	#lengths = new Int32Array(1 << 10);
	#counts = new Int32Array(1 << 10);
	#met: number[] = [];
	#wholes = new Map<string, number[]>();
	#places = new Places(key.texts);
	#common: ReadonlySet<number>;
	#count = 0;

	constructor(common: ReadonlySet<number> = none) {
		this.#common = common;
	}

	/** Adds a prompt and returns its number, from 0 on, with the numbers of earlier ones that nearly say the same. */
	add(sayings: Sayings): { number: number; twins: number[] } {
		return atOnce(this.adding(sayings));
	}
	*adding(sayings: Sayings): Steps<{ number: number; twins: number[] }> {
		const number = this.#count++;
		const twins = new Set<number>();
		const own: { piece: Piece; open: number[] }[] = [];
		for (const piece of this.#piecesOf(sayings, number))
			own.push({ piece, open: yield* this.#looking(piece, yield* this.#keys(piece.text), twins) });
		for (const { piece, open } of own) {
			this.#keep(piece, open);
			yield;
		}
		return { number, twins: [...twins] };
	}

	/** Adds a prompt to be found, without looking for its twins. */
	*keeping(sayings: Sayings): Steps<void> {
		for (const piece of this.#piecesOf(sayings, this.#count++)) {
			this.#keep(piece, yield* this.#keys(piece.text));
			yield;
		}
	}

	/** The numbers of those that nearly say the same as this prompt, which is not added. */
	twinsOf(sayings: Sayings): number[] {
		return atOnce(this.findingTwins(sayings));
	}
	*findingTwins(sayings: Sayings): Steps<number[]> {
		const twins = new Set<number>();
		for (const piece of this.#piecesOf(sayings, -1)) yield* this.#looking(piece, yield* this.#keys(piece.text), twins);
		return [...twins];
	}

	#piecesOf({ turns, wholes, around }: Sayings, prompt: number): Piece[] {
		return [
			...turns.map((text) => ({ text, prompt, isTurn: true, isAround: false })),
			...wholes.map((text) => ({ text, prompt, isTurn: false, isAround: false })),
			...around.map((text) => ({ text, prompt, isTurn: false, isAround: true }))
		];
	}

	*#keys(text: string): Steps<Set<number>> {
		const keys = new Set<number>();
		for (const letters of key.letters) {
			// each piece from the one before it: a letter comes, another goes
			let rolled = 0;
			const gone = power(letters);
			for (let at = 0; at < text.length; at++) {
				rolled = (Math.imul(rolled, base) + text.charCodeAt(at)) | 0;
				if (at >= letters) rolled = (rolled - Math.imul(text.charCodeAt(at - letters), gone)) | 0;
				if (at < letters - 1) continue;
				const value = mixed(rolled);
				if (value % key.ofEach === 0) keys.add(value);
			}
			// of a short text it is not worth a step
			if (text.length > longText) yield;
		}
		return keys;
	}

	/** Answers those keys that do not yet stand in as many texts as are noted. */
	*#looking(piece: Piece, keys: ReadonlySet<number>, twins: Set<number>): Steps<number[]> {
		// a system prompt is nobody's question: it only holds others
		if (!piece.isAround) for (const prompt of this.#wholes.get(piece.text) ?? []) twins.add(prompt);
		const open: number[] = [];
		for (const value of keys) if (this.#places.meet(value, this.#counts, this.#met) < key.texts) open.push(value);
		let grams: Set<number> | undefined;
		for (const at of this.#candidates(keys.size)) {
			const other = this.#pieces[at]!;
			if (twins.has(other.prompt)) continue;
			const shorter = piece.text.length <= other.text.length ? piece : other;
			const isQuoted = piece.isAround || other.isAround;
			if (isQuoted && (shorter.isAround || !shorter.isTurn)) continue;
			if (!grams) {
				grams = gramsOf(piece.text, this.#common);
				if (piece.text.length > longText) yield;
			}
			const others = gramsOf(other.text, this.#common);
			if (other.text.length > longText) yield;
			if (isNear(likeness(grams, others, shorter.isTurn))) twins.add(other.prompt);
			yield;
		}
		yield;
		return open;
	}

	/** Of the texts that were met those that have enough of so many keys; the next look begins anew. */
	#candidates(keys: number): number[] {
		const enough: number[] = [];
		for (const at of this.#met) {
			const count = this.#counts[at]!;
			this.#counts[at] = 0;
			// rare are the texts that share a key and little else: most are told apart without reading them
			if (count * 3 >= Math.min(keys, (key.letters.length * this.#lengths[at]!) / key.ofEach)) enough.push(at);
		}
		this.#met.length = 0;
		return enough;
	}

	#keep(piece: Piece, keys: Iterable<number>) {
		const at = this.#pieces.push(piece) - 1;
		if (at === this.#lengths.length) {
			const wider = new Int32Array(2 * at);
			wider.set(this.#lengths);
			[this.#lengths, this.#counts] = [wider, new Int32Array(2 * at)];
		}
		this.#lengths[at] = piece.text.length;
		if (!piece.isAround) {
			const same = this.#wholes.get(piece.text);
			if (same) same.push(piece.prompt);
			else this.#wholes.set(piece.text, [piece.prompt]);
		}
		for (const value of keys) this.#places.add(value, at);
	}
}

/** Prompts that are near each other, directly or by others between them: for each the smallest number of its family. */
export class Families {
	#heads: number[] = [];

	join(one: number, two: number) {
		const [first, second] = [this.of(one), this.of(two)];
		this.#heads[Math.max(first, second)] = Math.min(first, second);
	}
	of(number: number): number {
		let at = number;
		while ((this.#heads[at] ?? at) !== at) at = this.#heads[at]!;
		this.#heads[number] = at;
		return at;
	}

	/**
	 * For each of these names, of the prompts from number `from` on, the first by the alphabet in its family, where another prompt of
	 * them is in it too.
	 */
	*naming(names: readonly string[], from = 0): Steps<Map<string, string>> {
		const firsts = new Map<number, { name: string; isAlone: boolean }>();
		for (const [at, name] of names.entries()) {
			const head = this.of(from + at);
			const first = firsts.get(head);
			if (!first) firsts.set(head, { name, isAlone: true });
			else {
				first.isAlone = false;
				if (name < first.name) first.name = name;
			}
			if (isRest(at)) yield;
		}
		const found = new Map<string, string>();
		for (const [at, own] of names.entries()) {
			const { name, isAlone } = firsts.get(this.of(from + at))!;
			if (!isAlone) found.set(own, name);
			if (isRest(at)) yield;
		}
		return found;
	}
}

/** So many prompts say which pieces are common. */
const sampled = 2000;

/** The prompts that say which pieces are common, the same ones each time, when there are too many to ask all. */
export function* sampling<T>(all: readonly T[]): Steps<T[]> {
	if (all.length <= sampled) return [...all];
	const places = new Float64Array(all.length);
	for (let at = 0; at < all.length; at++) {
		places[at] = hash(String(at), 'near');
		if (isRest(at)) yield;
	}
	const sorted = yield* sorting(places.slice());
	const last = sorted[sampled - 1]!;
	const chosen: number[] = [];
	for (let at = 0; at < places.length; at++) {
		if (places[at]! <= last) chosen.push(at);
		if (isRest(at)) yield;
	}
	return chosen
		.sort((one, two) => places[one]! - places[two]!)
		.slice(0, sampled)
		.map((at) => all[at]!);
}

/** So many prompts are compared while somebody waits for it. */
export const mostAtOnce = 3000;

/** An index that leaves out what is common among these prompts; none of them is in it yet. */
export const indexFor = (prompts: readonly Sayings[]): NearIndex => atOnce(makingIndex(prompts));
export function* makingIndex(prompts: readonly Sayings[]): Steps<NearIndex> {
	return new NearIndex(yield* countingCommon(yield* sampling(prompts)));
}

/** The families among these prompts: for each the place of the first member. */
export const familiesOf = (prompts: readonly Sayings[]): number[] => {
	const index = indexFor(prompts);
	const families = new Families();
	for (const prompt of prompts) {
		const { number, twins } = index.add(prompt);
		for (const twin of twins) families.join(number, twin);
	}
	return prompts.map((_, at) => families.of(at));
};
