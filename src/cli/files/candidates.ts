import { closeSync, openSync, readSync } from 'node:fs';
import { type Example, type Unreadable, examplesIn, isBlankLine, isUnreadable, readExample } from './examples.ts';
import { eachLine } from './lines.ts';
import type { Project } from './project.ts';

/** Where the lines of some examples are in the file: three numbers each, however long they are. */
export type Candidates = { count: number; read(at: number): Example; close(): void };

/** The examples for which `wanted` holds, in the order of the file; each is read again when it is asked for. */
export const candidatesIn = (
	project: Project,
	wanted: (example: Example) => boolean,
	unreadable: (line: Unreadable) => void
): Candidates => {
	const file = examplesIn(project);
	const places: number[] = [];
	let offset = 0;
	eachLine(file, (bytes, number, end, skipped) => {
		offset += skipped;
		if (!isBlankLine(bytes)) {
			const read = readExample(bytes, number);
			if (isUnreadable(read)) unreadable(read);
			else if (wanted(read)) places.push(number, offset, bytes.length);
		}
		offset += bytes.length + end.length;
	});
	const handle = openSync(file, 'r');
	return {
		count: places.length / 3,
		read(at) {
			const [line, from, length] = places.slice(3 * at, 3 * at + 3) as [number, number, number];
			const bytes = Buffer.alloc(length);
			readSync(handle, bytes, 0, length, from);
			return readExample(bytes.toString('latin1'), line) as Example;
		},
		close: () => closeSync(handle)
	};
};
