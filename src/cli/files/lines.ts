import { closeSync, openSync, readSync } from 'node:fs';
import { asFailure, replacing } from './write.ts';

// A file is read as bytes, each a character of a string: cutting lines, finding fields and writing them again then costs no
// decoding, and what nobody changes comes back to the byte, whatever it is.

const pieceBytes = 1 << 20;
const byteOrderMark = '\u00ef\u00bb\u00bf';

/** Bytes as text. */
export const decoded = (bytes: string): string =>
	/[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;

/** Text as bytes. */
export const encoded = (text: string): string =>
	/[^\u0000-\u007f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;

/** `skipped`: bytes of a mark before it. */
type Visit = (bytes: string, number: number, end: '\n' | '\r\n' | '', skipped: number) => void;

export type Reading = {
	/** How much is read at once, for tests. */
	pieceBytes?: number;
	/** How many bytes have been read. */
	onRead?: (bytes: number) => void;
};

/**
 * Every line of a file with its number and what ends it. A line is only good until the next one: it is part of a large piece.
 * A byte order mark before the first line is left out. Throws a failure where there is no such file.
 */
export const eachLine = (file: string, visit: Visit, { pieceBytes: size = pieceBytes, onRead }: Reading = {}): void => {
	let handle: number;
	try {
		handle = openSync(file, 'r');
	} catch (problem) {
		throw asFailure(problem, file);
	}
	try {
		const buffer = Buffer.allocUnsafe(size);
		let number = 0;
		let rest = '';
		let total = 0;
		for (;;) {
			const read = readSync(handle, buffer, 0, size, null);
			if (read === 0) break;
			onRead?.((total += read));
			const piece = buffer.toString('latin1', 0, read);
			let from = 0;
			for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
				const isCrlf = at > from ? piece.charCodeAt(at - 1) === 13 : rest.endsWith('\r');
				let line = rest === '' ? piece.slice(from, isCrlf ? at - 1 : at) : rest + piece.slice(from, at);
				if (rest !== '' && isCrlf) line = line.slice(0, -1);
				rest = '';
				from = at + 1;
				const isMarked = ++number === 1 && line.startsWith(byteOrderMark);
				if (isMarked) line = line.slice(3);
				visit(line, number, isCrlf ? '\r\n' : '\n', isMarked ? 3 : 0);
			}
			// a copy: a slice would keep the whole piece
			rest += from === 0 ? piece : Buffer.from(piece.slice(from), 'latin1').toString('latin1');
		}
		if (rest !== '') {
			const isMarked = number === 0 && rest.startsWith(byteOrderMark);
			visit(isMarked ? rest.slice(3) : rest, number + 1, '', isMarked ? 3 : 0);
		}
	} catch (problem) {
		throw asFailure(problem, file);
	} finally {
		closeSync(handle);
	}
};

const beginsWithMark = (file: string): boolean => {
	const handle = openSync(file, 'r');
	const start = Buffer.alloc(3);
	readSync(handle, start, 0, 3, 0);
	closeSync(handle);
	return start.toString('latin1') === byteOrderMark;
};

/** `undefined` leaves a line as it is, null takes it out, and bytes take its place. */
export type Change = (bytes: string, number: number) => string | null | undefined;

/** Writes a file anew, with `added` lines behind its last. Each line keeps its end; an added one gets that of the first. */
export const rewriteLines = (
	file: string,
	change: Change,
	added: readonly string[] = [],
	reading: Reading = {}
): void => {
	const written = replacing(file);
	try {
		if (beginsWithMark(file)) written.bytes(byteOrderMark);
		let usual: '\n' | '\r\n' | undefined;
		let last = '\n';
		eachLine(
			file,
			(bytes, number, end) => {
				if (end !== '') usual ??= end;
				const to = change(bytes, number);
				if (to === null) return;
				written.bytes(to ?? bytes);
				written.bytes(end);
				last = end;
			},
			reading
		);
		for (const [at, line] of added.entries()) {
			if (at === 0 && last === '') written.bytes(usual ?? '\n');
			written.bytes(line + (usual ?? '\n'));
		}
		written.done();
	} catch (problem) {
		written.drop();
		throw problem;
	}
};
