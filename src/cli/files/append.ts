import {
	closeSync,
	existsSync,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	mkdirSync,
	openSync,
	readSync,
	writeSync
} from 'node:fs';
import { encoded, eachLine } from './lines.ts';
import { fieldsOf } from './fields.ts';
import { type Project, dataFolder, examplesFile } from './project.ts';
import { asFailure } from './write.ts';

const idOf = (bytes: string): number => {
	// nearly every line begins with it
	if (bytes.startsWith('{"id":')) {
		const id = parseInt(bytes.slice(6, 22), 10);
		if (Number.isSafeInteger(id)) return id;
	}
	const field = fieldsOf(bytes)?.fields.find(({ name }) => name === 'id');
	const id = field ? Number(bytes.slice(field.from, field.to)) : 0;
	return Number.isSafeInteger(id) ? id : 0;
};

/** The largest number that is taken. */
export const largestId = (file: string): number => {
	let largest = 0;
	if (existsSync(file))
		eachLine(file, (bytes) => {
			largest = Math.max(largest, idOf(bytes));
		});
	return largest;
};

/** What ends the lines of a file, and whether its last one lacks it. */
const endsOf = (handle: number): { end: string; isCut: boolean } => {
	const { size } = fstatSync(handle);
	if (size === 0) return { end: '\n', isCut: false };
	const start = Buffer.alloc(Math.min(size, 1 << 16));
	readSync(handle, start, 0, start.length, 0);
	const newline = start.indexOf(10);
	const last = Buffer.alloc(1);
	readSync(handle, last, 0, 1, size - 1);
	return { end: newline > 0 && start[newline - 1] === 13 ? '\r\n' : '\n', isCut: last[0] !== 10 };
};

/**
 * Puts lines behind the last of `data/examples.jsonl`, all or none: when it is cut short, the file is as long as before. A
 * half-written line at the end stays one of its own.
 */
export const appending = (project: Project) => {
	const file = examplesFile(project);
	let handle: number;
	try {
		mkdirSync(dataFolder(project), { recursive: true });
		handle = openSync(file, 'a+');
	} catch (problem) {
		throw asFailure(problem, file);
	}
	const before = fstatSync(handle).size;
	const { end, isCut } = endsOf(handle);
	const waiting: string[] = isCut ? [end] : [];
	let length = 0;
	const flush = () => {
		try {
			const bytes = Buffer.from(waiting.join(''), 'latin1');
			for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
		} catch (problem) {
			throw asFailure(problem, file);
		}
		waiting.length = 0;
		length = 0;
	};
	return {
		/** A line without its end. */
		line(text: string) {
			const bytes = encoded(text);
			waiting.push(bytes, end);
			length += bytes.length;
			if (length > 1 << 18) flush();
		},
		done() {
			flush();
			fsyncSync(handle);
			closeSync(handle);
		},
		drop() {
			ftruncateSync(handle, before);
			closeSync(handle);
		}
	};
};
