import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { hash } from '../../lib/core/math/hash.ts';
import { eachLine, rewriteLines } from './lines.ts';
import { type Project, dataFolder, examplesFile } from './project.ts';
import { asFailure } from './write.ts';

/** One line that was decided about, and what takes its place; null takes it out. */
type Entry = { line: number; was: string; now: string | null };

const fileOf = (project: Pick<Project, 'folder'>) => path.join(dataFolder(project), '.ait.pending.jsonl');
const nameOf = (bytes: string) => `${hash(bytes).toString(36)}.${bytes.length}`;

/** The newest decision about each line. What was cut off while it was written was never said to be done. */
const entriesIn = (file: string): Map<string, Entry> => {
	const entries = new Map<string, Entry>();
	for (const line of readFileSync(file, 'latin1').split('\n')) {
		try {
			const entry = JSON.parse(line) as Entry;
			entries.set(`${entry.line}:${entry.was}`, entry);
		} catch {
			// the last line of a process that was killed
		}
	}
	return entries;
};

export const hasPending = (project: Pick<Project, 'folder'>): boolean => existsSync(fileOf(project));

/**
 * Puts what was decided into `data/examples.jsonl`, all of it at once. A line is known by its number and what it said; was the
 * file changed by hand meanwhile, by what it said alone. Answers how many lines it has changed.
 */
export const applyPending = (project: Pick<Project, 'folder'>): number => {
	const file = fileOf(project);
	if (!existsSync(file)) return 0;
	const entries = entriesIn(file);
	const examples = examplesFile(project);
	let exact = 0;
	const lines = new Set([...entries.values()].map(({ line }) => line));
	eachLine(examples, (bytes, number) => {
		if (lines.has(number) && entries.has(`${number}:${nameOf(bytes)}`)) exact++;
	});
	const byText = exact === entries.size ? null : new Map([...entries.values()].map((entry) => [entry.was, entry]));
	let changed = 0;
	if (entries.size > 0)
		rewriteLines(examples, (bytes, number) => {
			if (!byText && !lines.has(number)) return undefined;
			const name = nameOf(bytes);
			const entry = byText ? byText.get(name) : entries.get(`${number}:${name}`);
			if (!entry || entry.now === bytes) return undefined;
			changed++;
			return entry.now;
		});
	rmSync(file);
	return changed;
};

/**
 * Decisions about lines of `data/examples.jsonl`, each on the disk before the next is asked for: a file of a million lines
 * is not written anew for every rating. Whoever opens the project next finds them, also after a power cut.
 */
export const openPending = (project: Pick<Project, 'folder'>) => {
	const file = fileOf(project);
	let handle: number;
	try {
		handle = openSync(file, 'a', 0o600);
	} catch (problem) {
		throw asFailure(problem, file);
	}
	return {
		/** What stands in the file as this line is to become these bytes. Saying the same bytes takes a decision back. */
		put(line: number, bytes: string, now: string | null) {
			try {
				writeSync(handle, `${JSON.stringify({ line, was: nameOf(bytes), now } satisfies Entry)}\n`, null, 'latin1');
				fsyncSync(handle);
			} catch (problem) {
				throw asFailure(problem, file);
			}
		},
		close: () => closeSync(handle)
	};
};
