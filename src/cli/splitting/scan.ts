import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { placeOf } from '../../lib/core/splits/plan.ts';
import { type Example, type Unreadable, isBlankLine, isUnreadable, readExample } from '../files/examples.ts';
import { tailAt } from '../files/fields.ts';
import { hashesAt, hashesOf } from '../files/hashes.ts';
import { eachSpan } from '../files/lines.ts';
import { plainLineAt } from '../files/plain-line.ts';

/** Which bytes of the file are looked through, and what for. */
export type Stretch = { file: string; from: number; to: number; threshold: number; seed: number; readsAll: boolean };

/** An example as the split has to know it. `place`: in the order of the seed; `isOpen`: its side can be written behind everything else. */
export type Seen = { line: number; prompt: number; place: number; isOpen: boolean } & Pick<Example, 'rating' | 'split'>;

/**
 * Gives whatever is good or has a side – `readsAll`: and everything else – in the order of the file, and answers how many lines there are.
 * One and the same object is given each time.
 */
export const scan = (
	{ file, from, to, threshold, seed, readsAll }: Stretch,
	give: (seen: Seen) => void,
	unreadable: (line: Unreadable) => void
): number => {
	let lines = 0;
	const seen: Seen = { line: 0, prompt: 0, place: 0, isOpen: false, rating: null, split: null };
	eachSpan(
		file,
		(buffer, start, end, line) => {
			lines = line;
			const tail = tailAt(buffer, start, end);
			const isLeftAlone = tail && tail.split === null && (tail.rating === null || tail.rating < threshold);
			if (isLeftAlone && !readsAll) return;
			const plain = plainLineAt(buffer, start, end, tail);
			let read: Pick<Example, 'rating' | 'split'>;
			let hashes;
			if (plain) [read, hashes] = [plain, hashesAt(buffer, plain)];
			else {
				const bytes = buffer.toString('latin1', start, end);
				if (isBlankLine(bytes)) return;
				const example = readExample(bytes, line);
				if (isUnreadable(example)) return unreadable(example);
				[read, hashes] = [example, hashesOf(example.messages)];
			}
			seen.line = line;
			seen.prompt = hashes.prompt;
			seen.place = placeOf(hashes.said, seed);
			seen.isOpen = tail !== null && tail.split === null;
			seen.rating = read.rating;
			seen.split = read.split;
			give(seen);
		},
		{ from, to }
	);
	return lines;
};

/** Where a line begins, about here; the end of the file where none does. */
export const lineNear = (file: string, middle: number): number => {
	const handle = openSync(file, 'r');
	try {
		const piece = Buffer.allocUnsafe(1 << 16);
		for (let at = middle; ; at += piece.length) {
			const read = readSync(handle, piece, 0, piece.length, at);
			const end = piece.subarray(0, read).indexOf(10);
			if (end >= 0) return at + end + 1;
			if (read < piece.length) return fstatSync(handle).size;
		}
	} finally {
		closeSync(handle);
	}
};
