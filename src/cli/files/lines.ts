import { closeSync, openSync, readSync } from 'node:fs';
import { type Written, asFailure, replacing } from './write.ts';

// A file is read as bytes, each a character of a string: cutting lines, finding fields and writing them again then costs no
// decoding, and what nobody changes comes back to the byte, whatever it is.

const pieceBytes = 1 << 17;
const byteOrderMark = '\u00ef\u00bb\u00bf';

/** Bytes as text. */
export const decoded = (bytes: string): string =>
	/[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;

/** Text as bytes. */
export const encoded = (text: string): string =>
	/[^\u0000-\u007f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;

type End = '\n' | '\r\n' | '';
type VisitSpan = (buffer: Buffer, from: number, to: number, number: number, end: End, skipped: number) => void;
/** `skipped`: bytes of a mark before it. */
type Visit = (bytes: string, number: number, end: End, skipped: number) => void;

export type Reading = {
	/** How much is read at once, for tests. */
	pieceBytes?: number;
	/** A part of the file that begins and ends with a line. Lines are counted from its begin. */
	from?: number;
	to?: number;
};

const [newline, carriageReturn] = [10, 13];
const isMarkAt = (buffer: Buffer, at: number) =>
	buffer[at] === 0xef && buffer[at + 1] === 0xbb && buffer[at + 2] === 0xbf;

/**
 * Every line of a file as a place in a buffer, with its number and what ends it; only good until the next one. A byte order mark
 * before the first is left out. Throws a failure where there is no such file.
 */
export const eachSpan = (
	file: string,
	visit: VisitSpan,
	{ pieceBytes: size = pieceBytes, from: begin = 0, to: last = Infinity }: Reading = {}
): void => {
	let handle: number;
	try {
		handle = openSync(file, 'r');
	} catch (problem) {
		throw asFailure(problem, file, 'read');
	}
	try {
		let buffer = Buffer.allocUnsafe(size);
		let held = 0; // bytes of a line whose end has not been read
		let number = 0;
		let position = begin;
		const give = (from: number, to: number, end: End) => {
			const skipped = ++number === 1 && begin === 0 && isMarkAt(buffer, from) && to - from >= 3 ? 3 : 0;
			visit(buffer, from + skipped, to, number, end, skipped);
		};
		for (;;) {
			if (held === buffer.length) {
				const larger = Buffer.allocUnsafe(buffer.length * 2);
				buffer.copy(larger);
				buffer = larger;
			}
			const read = readSync(handle, buffer, held, Math.min(buffer.length - held, last - position), position);
			if (read === 0) break;
			position += read;
			const length = held + read;
			let from = 0;
			for (let at = buffer.indexOf(newline, held); at >= 0 && at < length; at = buffer.indexOf(newline, from)) {
				const isCrlf = at > from && buffer[at - 1] === carriageReturn;
				give(from, isCrlf ? at - 1 : at, isCrlf ? '\r\n' : '\n');
				from = at + 1;
			}
			if (from > 0) buffer.copyWithin(0, from, length);
			held = length - from;
		}
		if (held > 0) give(0, held, '');
	} catch (problem) {
		throw asFailure(problem, file);
	} finally {
		closeSync(handle);
	}
};

/** Every line of a file as bytes. */
export const eachLine = (file: string, visit: Visit, reading: Reading = {}): void =>
	eachSpan(
		file,
		(buffer, from, to, number, end, skipped) => visit(buffer.toString('latin1', from, to), number, end, skipped),
		reading
	);

const beginsWithMark = (file: string): boolean => {
	const handle = openSync(file, 'r');
	const start = Buffer.alloc(3);
	readSync(handle, start, 0, 3, 0);
	closeSync(handle);
	return start.toString('latin1') === byteOrderMark;
};

/** `undefined` leaves a line as it is, null takes it out, and bytes take its place. */
export type Change = (bytes: string, number: number) => string | null | undefined;

/** Writes what takes the place of a line, with its end, into the new file; false leaves it as it is. */
export type Put = (written: Written, ...line: Parameters<VisitSpan>) => boolean;

/** Writes a file anew, line by line as places in a buffer. */
export const rewriteSpans = (file: string, put: Put, reading: Reading = {}): void => {
	const written = replacing(file);
	try {
		if (beginsWithMark(file)) written.bytes(byteOrderMark);
		eachSpan(
			file,
			(buffer, from, to, number, end, skipped) => {
				if (!put(written, buffer, from, to, number, end, skipped)) written.copy(buffer, from, to + end.length);
			},
			reading
		);
		written.done();
	} catch (problem) {
		written.drop();
		throw problem;
	}
};

/** Writes a file anew; each line keeps its end. `only`: no other line is even looked at, which a file of a million gains by. */
export const rewriteLines = (
	file: string,
	change: Change,
	{ only, ...reading }: Reading & { only?: { has(number: number): boolean } } = {}
): void =>
	rewriteSpans(
		file,
		(written, buffer, from, to, number, end) => {
			if (only && !only.has(number)) return false;
			const line = change(buffer.toString('latin1', from, to), number);
			if (typeof line === 'string') written.bytes(line + end);
			return line !== undefined;
		},
		reading
	);
