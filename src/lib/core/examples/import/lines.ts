import { figure } from '../../text/figure.ts';
import { gathered } from './gathered.ts';
import { type Line, type Lines, type Splitter, reading } from './reading.ts';
import { decoded, isDoubtful, isFaithful } from './utf8.ts';

export type { Line } from './reading.ts';

/** Room for the longest conversation with every character written as `\u0000`. Characters, not bytes. */
export const maxLineLength = 2_500_000;
/** A character takes at most three bytes per unit of length, and a byte order mark comes before: what has more is certainly too long. */
export const mostBytes = (maxLength: number) => 3 * maxLength + 4;
export const tooLong = (maxLength: number) => `is longer than ${figure(maxLength)} characters`;
export const notUtf8 = 'is not UTF-8 text; save the file as UTF-8';
const [newline, space] = [0x0a, 0x20];
const byteOrderMark = 0xfeff;

/** Lines that end with LF or CRLF; the last one may lack its end, a byte order mark is dropped. */
export const lineSplitter = (maxLength = maxLineLength): Splitter => {
	const waiting = gathered(mostBytes(maxLength)); // the beginning of a line whose end has not arrived
	let number = 0;
	let isBlank = true; // of the line that passes by

	const refused = (why: string): Line => ({ number, text: null, reason: `Line ${number} ${why}` });
	/** Whole lines, decoded together. */
	function* linesFrom(bytes: Uint8Array): Generator<Line> {
		const whole = decoded(bytes);
		const doubtful = isDoubtful(whole);
		let at = 0; // where the bytes of this line begin; only looked for when some byte may be wrong
		for (const each of whole.split('\n')) {
			number++;
			if (doubtful) {
				const end = bytes.indexOf(newline, at);
				const own = bytes.subarray(at, end < 0 ? bytes.length : end);
				at += own.length + 1;
				if (!isFaithful(each, own)) {
					yield refused(notUtf8);
					continue;
				}
			}
			let line = each.endsWith('\r') ? each.slice(0, -1) : each;
			if (line.charCodeAt(0) === byteOrderMark) line = line.slice(1); // also of a file that was put behind another
			if (line.length > maxLength) yield refused(tooLong(maxLength));
			else if (line.trim() !== '') yield { number, text: line };
		}
	}
	function* release(): Generator<Line> {
		const isTooLong = waiting.isTooLong();
		const bytes = waiting.take();
		if (!isTooLong) return yield* linesFrom(bytes);
		number++;
		yield refused(tooLong(maxLength));
	}

	return {
		*take(bytes) {
			const last = bytes.lastIndexOf(newline);
			let start = 0;
			if (last >= 0 && waiting.length() > 0) {
				start = bytes.indexOf(newline) + 1;
				waiting.add(bytes.subarray(0, start - 1));
				yield* release();
			}
			if (last >= start) yield* linesFrom(bytes.subarray(start, last));
			waiting.add(bytes.subarray(last + 1));
		},
		*pass(bytes) {
			let count = 0;
			if (waiting.length() > 0) {
				const isTooLong = waiting.isTooLong(); // then nothing of it is there to be looked at
				isBlank = waiting.take().every((byte) => byte <= space) && !isTooLong;
			}
			for (let at = 0; at < bytes.length; at++) {
				const byte = bytes[at]!;
				if (byte > space) isBlank = false;
				else if (byte === newline) {
					if (!isBlank) count++;
					isBlank = true;
				}
			}
			return count;
		},
		*end() {
			if (waiting.length() > 0) yield* release();
			else if (!isBlank) yield refused(''); // it passed by without its end
		}
	};
};

/**
 * The lines of a file as its pieces arrive. UTF-8 may be cut anywhere. Memory stays within a few times `maxLength` characters:
 * a longer line is counted and reported, never gathered.
 */
export const linesOf = (pieces: AsyncIterable<Uint8Array | string>, maxLength = maxLineLength): Lines =>
	reading(asBytes(pieces), () => lineSplitter(maxLength));

async function* asBytes(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
	const encoder = new TextEncoder();
	let half = ''; // of a surrogate pair, when a piece of text ends between its two
	for await (const piece of pieces) {
		if (typeof piece === 'string') {
			const text = half + piece;
			half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
			yield encoder.encode(half === '' ? text : text.slice(0, -1));
		} else yield piece;
	}
	if (half !== '') yield encoder.encode(half);
}
