import { maxDepth, tooDeep } from '../../text/json.ts';
import { gathered } from './gathered.ts';
import { maxLineLength, mostBytes, notUtf8, tooLong } from './lines.ts';
import type { Line, Splitter } from './reading.ts';
import { decoded, isFaithful } from './utf8.ts';

const [tab, newline, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const aSpace = Uint8Array.of(space);
const mark = [0xef, 0xbb, 0xbf]; // of UTF-8, where a file begins with one

type Found = { line: number; text: string; why?: undefined } | { line: number; text: null; why: string };

/**
 * The elements of a JSON array, or objects that follow one another over several lines, without holding more than one of them.
 * Each is put on one line, which in JSON only moves white space. It carries the line it begins on, or its place when the first
 * two share a line. What is broken stays as it is, for `parseLine` to name; what is nested too deeply, or too long, is not kept.
 */
export const elementSplitter = (maxLength = maxLineLength): Splitter => {
	const kept = gathered(mostBytes(maxLength));
	let isKeeping = true;
	let started = false; // the bracket of the array, or the first object, has come
	let isOver = false; // the bracket that closes the array has come
	let line = 1;
	let from = 0; // the line on which the element begun last begins; 0: none has
	let depth = 0;
	let isDeep = false;
	let [inString, isEscaped, isIndent] = [false, false, false];

	/** Reads on from `start`. Where it goes on after an element that is complete, or -1: the slice is used up. */
	const scan = (bytes: Uint8Array, start: number): number => {
		let run = from > 0 && !isIndent ? start : -1; // what is to be kept of this slice begins here; -1: nothing yet
		const keep = (end: number) => {
			if (run >= 0 && isKeeping && !isDeep) kept.add(bytes.subarray(run, end));
			run = -1;
		};
		for (let at = start; at < bytes.length; at++) {
			const byte = bytes[at]!;
			if (isOver) return -1;
			if (byte === newline) {
				line++;
				keep(bytes[at - 1] === carriageReturn ? at - 1 : at);
				isIndent = from > 0;
				isEscaped = false;
				continue;
			}
			if (isIndent) {
				if (byte === space || byte === tab || byte === carriageReturn) continue;
				isIndent = false;
				if (isKeeping && !isDeep) kept.add(aSpace);
				run = at;
			}
			if (inString) {
				if (isEscaped) isEscaped = false;
				else if (byte === backslash) isEscaped = true;
				else if (byte === quote) inString = false;
				continue;
			}
			if (depth === 0) {
				if (!started) {
					if (byte <= space || mark.includes(byte)) continue;
					started = true;
					if (byte === openList) continue;
				}
				if (byte === comma || byte === closeList) {
					isOver = byte === closeList;
					if (from === 0) continue;
					keep(at);
					return at + 1;
				}
				if (from === 0) {
					if (byte <= space) continue;
					from = line;
					run = at;
				}
			}
			if (byte === quote) inString = true;
			else if (byte === openObject || byte === openList) {
				depth++;
				if (depth > maxDepth) isDeep = true;
			} else if (byte === closeObject || byte === closeList) {
				depth = Math.max(0, depth - 1);
				if (depth > 0) continue;
				keep(at + 1);
				return at + 1;
			}
		}
		keep(bytes.length);
		return -1;
	};

	/** What `scan` has completed, or the end of the file has cut off. */
	const found = (): Found => {
		const refused = isDeep ? `cannot be kept: ${tooDeep}` : kept.isTooLong() ? tooLong(maxLength) : null;
		const bytes = kept.take();
		const element = { line: from };
		reset();
		if (refused) return { ...element, text: null, why: refused };
		const text = decoded(bytes);
		if (!isFaithful(text, bytes)) return { ...element, text: null, why: notUtf8 };
		return text.length > maxLength
			? { ...element, text: null, why: tooLong(maxLength) }
			: { ...element, text: text.trim() };
	};
	const reset = () => {
		from = depth = 0;
		isDeep = inString = isEscaped = isIndent = false;
	};

	let count = 0;
	let first: Found | undefined; // waits until the second tells whether lines or places number them
	let byPlace = false;
	const asLine = ({ line: begun, text, why }: Found, place: number): Line => {
		const number = byPlace ? place : begun;
		return text === null ? { number, text, reason: `Line ${number} ${why}` } : { number, text };
	};
	function* numbered(element: Found): Generator<Line> {
		count++;
		if (count === 1) {
			first = element;
			return;
		}
		if (first) {
			byPlace = first.line === element.line;
			yield asLine(first, 1);
			first = undefined;
		}
		yield asLine(element, count);
	}

	return {
		*take(bytes) {
			for (let at = scan(bytes, 0); at >= 0; at = scan(bytes, at)) yield* numbered(found());
		},
		pass(bytes) {
			isKeeping = false;
			let passed = 0;
			for (let at = scan(bytes, 0); at >= 0; at = scan(bytes, at)) {
				passed++;
				reset();
			}
			return passed;
		},
		*end() {
			if (from > 0) yield* numbered(found());
			if (first) yield asLine(first, 1);
		}
	};
};
