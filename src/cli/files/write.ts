import { closeSync, fdatasync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { Failure } from '../exit-codes.ts';

const full = 1 << 18;
/** The disk begins on so much while the rest is made, so that the end has little to wait for. */
const begun = 1 << 24;

/** What the system said, in a sentence, with what mends it. Anything else comes back as it is. */
export const asFailure = (problem: unknown, file: string, deed: 'read' | 'written' = 'written'): unknown => {
	const { code } = problem as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new Failure(
			`The disk is full, so ${file} was not written. What was there is as it was.`,
			'free some space, then the same command'
		);
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
		return new Failure(
			`${file} may not be ${deed} here.${deed === 'read' ? '' : ' What was there is as it was.'}`,
			deed === 'read' ? `ls -l ${file} says who may` : 'ls -ld on the folder says who may'
		);
	if (code === 'ENOENT') return new Failure(`There is no ${file}.`);
	if (code === 'EISDIR') return new Failure(`${file} is a folder.`);
	return problem;
};

export type Written = {
	/** A part of the file, each character a byte. */
	bytes(latin1: string): void;
	/** A part of the file out of a buffer. */
	copy(from: Buffer, start: number, end: number): void;
	/** A part of the file as text. */
	text(text: string): void;
	/** The file is whole: it takes the place of the old one. */
	done(): void;
	/** Forgets it; the old one stays. */
	drop(): void;
};

/**
 * Writes a file beside its place and puts it there when it is whole: whoever reads, at whatever moment, finds the old one or
 * the new one. The rights of the old one stay. What can be made again (`isDerived`) does not wait for the disk.
 */
export const replacing = (
	file: string,
	{ mode, isDerived = false }: { mode?: number; isDerived?: boolean } = {}
): Written => {
	const beside = `${file}.${process.pid}.tmp`;
	let handle: number;
	const kept = statSync(file, { throwIfNoEntry: false })?.mode;
	try {
		handle = openSync(beside, 'w', mode ?? (kept === undefined ? 0o666 : kept & 0o777));
	} catch (problem) {
		throw asFailure(problem, file);
	}
	const buffer = Buffer.allocUnsafe(full);
	let length = 0;
	let sinceBegun = 0;
	let isOpen = true;
	const drop = () => {
		if (!isOpen) return;
		isOpen = false;
		closeSync(handle);
		rmSync(beside, { force: true });
	};
	const trying = (work: () => void) => {
		try {
			work();
		} catch (problem) {
			drop();
			throw asFailure(problem, file);
		}
	};
	const send = (piece: Uint8Array) => {
		for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at);
		sinceBegun += piece.length;
		if (isDerived || sinceBegun < begun) return;
		sinceBegun = 0;
		fdatasync(handle, () => {}); // what goes wrong is told by the one at the end
	};
	const flush = () => {
		if (length > 0) send(buffer.subarray(0, length));
		length = 0;
	};
	return {
		bytes: (latin1) =>
			trying(() => {
				if (latin1.length > full) {
					flush();
					return send(Buffer.from(latin1, 'latin1'));
				}
				if (length + latin1.length > full) flush();
				length += buffer.write(latin1, length, 'latin1');
			}),
		copy: (from, start, end) => {
			if (length + end - start <= full) length += from.copy(buffer, length, start, end);
			else
				trying(() => {
					flush();
					if (end - start > full) send(from.subarray(start, end));
					else length += from.copy(buffer, length, start, end);
				});
		},
		text: (text) =>
			trying(() => {
				const most = text.length * 3;
				if (most > full) {
					flush();
					return send(Buffer.from(text));
				}
				if (length + most > full) flush();
				length += buffer.write(text, length);
			}),
		done: () => {
			trying(() => {
				flush();
				if (!isDerived) fsyncSync(handle);
			});
			if (!isOpen) return;
			isOpen = false;
			closeSync(handle);
			try {
				renameSync(beside, file);
			} catch (problem) {
				rmSync(beside, { force: true });
				throw asFailure(problem, file);
			}
		},
		drop
	};
};

/** A whole small file at once, in the same way. */
export const replaceFile = (file: string, text: string, options?: { mode?: number }): void => {
	const written = replacing(file, options);
	written.text(text);
	written.done();
};
