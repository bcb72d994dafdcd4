// Longer than most: one state machine, which sees every byte of a document once.
import { isRest } from '../../steps.ts';
import { maxDepth, tooDeep } from '../../text/json.ts';
import { gathered } from './gathered.ts';
import { maxLineLength, mostBytes, notUtf8, tooLong } from './lines.ts';
import type { Line, Splitter } from './reading.ts';
import { type Beginning, begunLike, cutUp, isTorn, lastAlike } from './torn.ts';
import { decoded, isFaithful } from './utf8.ts';

const [tab, newline, space] = [0x09, 0x0a, 0x20];
const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const mark = [0xef, 0xbb, 0xbf]; // of UTF-8: a file begins with one, and so does the next that was put behind it
/** What a turn may begin with: a list of such is one conversation, any other holds examples. */
const turnFields = ['role', 'from', 'content', 'value'];
const mostOfAName = 16;
/** So many bytes tell how an element begins. */
const enoughOfIt = 512;

type Found = { line: number; text: string; why?: undefined } | { line: number; text: null; why: string };

/** Line ends and indents inside become one space, which in JSON only moves white space. */
const onOneLine = (text: string) => text.replace(/\r?\n[ \t\r\n]*/g, ' ').trim();

/**
 * The examples of a document without holding more than one of them: the elements of JSON arrays, one behind the other, objects
 * over several lines, lists of turns, and whatever stands between or behind them. Each is put on one line, and carries the line
 * it begins on, or its place when the first two share a line. What is broken stays as it is, for `parseLine` to name, and the
 * others are found again behind it; what is nested too deeply, or too long, is not kept.
 */
export const elementSplitter = (maxLength = maxLineLength): Splitter => {
	const most = mostBytes(maxLength);
	const kept = gathered(most);
	let isPassing = false; // elements are only counted
	let line = 1;
	let indent: string | null = ''; // the blanks since the line began; null: something else stands before
	let place: 'outside' | 'opened' | 'array' = 'outside'; // opened: what the bracket begins is not known yet
	let listLine = 0; // where that bracket stands
	let name: string | null = null; // the first field of what follows it, as far as it has come
	// of the element that has begun
	let from = 0; // the line it begins on; 0: none has
	let start = ''; // `\n` and its indent, when it begins its line
	let depth = 0;
	let [isTurns, isDeep, inString, isEscaped] = [false, false, false, false];

	/** The first field behind an opening bracket tells a conversation from a list of examples. */
	const decide = (field: string) => {
		name = null;
		isTurns = turnFields.includes(field);
		place = isTurns ? 'outside' : 'array';
		if (!isTurns) return;
		depth++;
		from = listLine;
	};
	const begin = (): true => {
		from = line;
		start = indent === null ? '' : `\n${indent}`;
		return true;
	};
	/** What stands between two elements; whether one begins with this byte. */
	const between = (byte: number): boolean => {
		if (byte <= space || mark.includes(byte)) return false;
		if (place === 'opened') {
			place = 'array';
			if (byte === openObject) name = '';
			if (byte === closeList) place = 'outside';
			return byte !== closeList && begin();
		}
		if (byte === comma) return false;
		if (byte === closeList) place = 'outside';
		else if (byte === openList && place === 'outside') [place, listLine] = ['opened', line];
		else return begin();
		return false;
	};

	/** Reads on from `first`. Where it goes on after an element that is complete, or -1: the slice is used up. */
	const scan = (bytes: Uint8Array, first: number): number => {
		let run = from > 0 ? first : -1; // what is to be kept of this slice begins here; -1: nothing yet
		const keep = (end: number) => {
			if (run >= 0) kept.add(bytes.subarray(run, end));
		};
		for (let at = first; at < bytes.length; at++) {
			const byte = bytes[at]!;
			if (byte === newline) {
				line++;
				indent = '';
				inString = isEscaped = false; // JSON has no string over two lines: one that reaches here lacks its end, or has one too many
				if (from === 0 || depth > 0 || place !== 'outside') continue;
				keep(at);
				return at + 1;
			}
			if (inString) {
				if (name !== null && byte !== quote) name = (name + String.fromCharCode(byte)).slice(0, mostOfAName);
				if (isEscaped) isEscaped = false;
				else if (byte === backslash) isEscaped = true;
				else if (byte === quote) {
					inString = false;
					if (name !== null) decide(name);
				}
				continue;
			}
			if (depth === 0) {
				if (from === 0) {
					const isElement = between(byte);
					if (byte > space) indent = null;
					else if (indent !== null && (byte === space || byte === tab)) indent += String.fromCharCode(byte);
					if (!isElement) continue;
					run = at;
				} else if (byte === comma || byte === closeList) {
					if (byte === closeList) place = 'outside';
					keep(at);
					return at + 1;
				}
			}
			if (byte === quote) inString = true;
			else if (byte === openObject || byte === openList) {
				depth++;
				if (depth > maxDepth) isDeep = true;
			} else if (byte === closeObject || byte === closeList) {
				if (name !== null) decide('');
				depth = Math.max(0, depth - 1);
				if (depth > 0) continue;
				keep(at + 1);
				return at + 1;
			}
		}
		keep(bytes.length);
		return -1;
	};

	const reset = () => {
		from = depth = 0;
		name = null;
		isTurns = isDeep = inString = isEscaped = false;
	};
	let alike: Beginning | null = null; // how the elements of this file begin
	/** Whether it may have swallowed others; finds out how the elements of the file begin. */
	const holdsOthers = (bytes: Uint8Array): boolean => {
		if (bytes[0] === openObject) alike = begunLike(decoded(bytes.subarray(0, enoughOfIt)), start) ?? alike;
		return alike !== null && bytes.length > alike.length && lastAlike(bytes, alike) > 0;
	};
	/** What `scan` has completed, or the end of the file has cut off; several, where one was torn and swallowed what follows. */
	function* found(): Generator<Found> {
		const refused = kept.isTooLong() ? tooLong(maxLength) : isDeep ? `cannot be kept: ${tooDeep}` : null;
		const bytes = kept.take();
		if (isPassing && !isTurns && !holdsOthers(bytes)) {
			const passed = { line: from, text: '' };
			reset();
			return yield passed;
		}
		const raw = (isTurns ? '[' : '') + decoded(bytes);
		const isText = isFaithful(isTurns ? raw.slice(1) : raw, bytes);
		alike = begunLike(raw, start) ?? alike;
		if (alike && isTorn(raw, alike)) return yield* released(bytes.slice(), alike);
		const element = { line: from };
		reset();
		if (refused) yield { ...element, text: null, why: refused };
		else if (!isText) yield { ...element, text: null, why: notUtf8 };
		else yield judged(element.line, raw);
	}
	const judged = (begun: number, raw: string): Found => {
		const text = onOneLine(raw);
		return text.length > maxLength ? { line: begun, text: null, why: tooLong(maxLength) } : { line: begun, text };
	};
	/** What a torn element has swallowed, up to the last that begins in it: that one is read anew. */
	function* released(bytes: Uint8Array, alike: Beginning): Generator<Found> {
		const cut = lastAlike(bytes, alike);
		const [swallowed, rest] = [bytes.subarray(0, cut), bytes.subarray(cut)];
		const begun = from;
		reset();
		place = 'outside'; // the bracket that closes the list may have been swallowed as well
		indent = null;
		for (const byte of rest) if (byte === newline) line--;
		for (const { text, lines } of cutUp(decoded(swallowed), alike)) yield judged(begun + lines, text);
		for (let at = scan(rest, 0); at >= 0; at = scan(rest, at)) yield* found();
	}
	/** Before an element is given up because it is too long: it may only have lost the bracket that closes it. */
	function* relieved(): Generator<Found> {
		const bytes = kept.take().slice();
		alike = begunLike(decoded(bytes.subarray(0, enoughOfIt)), start) ?? alike;
		if (alike && lastAlike(bytes, alike) > 0) yield* released(bytes, alike);
		else kept.add(bytes);
	}

	let count = 0;
	let first: Found | undefined; // waits until the second tells whether lines or places number them
	let byPlace = false;
	const asLine = ({ line: begun, text, why }: Found, nth: number): Line => {
		const number = byPlace ? nth : begun;
		return text === null ? { number, text, reason: `Line ${number} ${why}` } : { number, text };
	};
	function* numbered(elements: Iterable<Found>): Generator<Line> {
		for (const element of elements) {
			count++;
			if (count === 1) {
				first = element;
				continue;
			}
			if (first) {
				byPlace = first.line === element.line;
				yield asLine(first, 1);
				first = undefined;
			}
			yield asLine(element, count);
		}
	}

	function* completedBy(bytes: Uint8Array): Generator<Found> {
		if (from > 0 && !kept.isTooLong() && kept.length() + bytes.length > most) yield* relieved();
		for (let at = scan(bytes, 0); at >= 0; at = scan(bytes, at)) yield* found();
	}

	return {
		take: (bytes) => numbered(completedBy(bytes)),
		*pass(bytes) {
			isPassing = true;
			let passed = 0;
			for (const _ of completedBy(bytes)) if (isRest(passed++)) yield;
			return passed;
		},
		*end() {
			if (from > 0) yield* numbered(found());
			if (first) yield asLine(first, 1);
		}
	};
};
