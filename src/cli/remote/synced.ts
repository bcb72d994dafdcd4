import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { eachLine } from '../files/lines.ts';
import { type Project, dataFolder } from '../files/project.ts';
import { asFailure, replacing } from '../files/write.ts';
import type { Link } from './link.ts';
import type { Server } from './logins.ts';

/** What both sides agreed on about one example when they last met. Known by its content (`copyHash`). */
export type Base = {
	/** Of the file here. */
	rating: number | null;
	/** SHA-256 of the rewrite, as the server names a text; '' where nobody has written one. */
	text: string;
	/** What the server said of its rating; missing while it has not been asked since. */
	server?: number | null;
	/** Our own score there, where it is known. */
	own?: number | null;
	/** How many acts were sent: no two of them have the same name. */
	acts: number;
	/** On its way with a file: whether it has arrived, what is there will tell. */
	isSending?: true;
};

type Head = { server: string; projectId: string; who: string };
type Row = { of: number } & Base;

const fileOf = (project: Pick<Project, 'folder'>) => path.join(dataFolder(project), '.ait.synced.jsonl');

const parsed = <T>(line: string): T | null => {
	try {
		return JSON.parse(line) as T;
	} catch {
		return null; // the last line of a process that was killed
	}
};

/** The newest that is known of each, for this project of the server. Somebody else's own scores are not ours. */
const rowsIn = (file: string, head: Head): Map<number, Base> => {
	const rows = new Map<number, Base>();
	let isOurs = false;
	let isSame = false;
	eachLine(file, (bytes, number) => {
		if (number === 1) {
			const found = parsed<Head>(bytes);
			isOurs = found?.server === head.server && found.projectId === head.projectId;
			isSame = found?.who === head.who;
			return;
		}
		const row = isOurs ? parsed<Row>(bytes) : null;
		if (!row) return;
		const { of, ...base } = row;
		if (!isSame) delete base.own;
		rows.set(of, base);
	});
	return rows;
};

/** Tells who sends from somebody else who uses the same folder. Nothing can be read of the token in it. */
const whoIs = ({ token }: Server): string => createHash('sha256').update(token).digest('hex').slice(0, 12);

/**
 * What is known of both sides. Each `put` is in the file before the next act is sent, so that whoever is cut off goes on where
 * they were; `save` writes the file anew, without what is out of date.
 */
export const openSynced = (project: Project, { server: origin, project: { id: projectId } }: Link, server: Server) => {
	const file = fileOf(project);
	const head: Head = { server: origin, projectId, who: whoIs(server) };
	const rows = existsSync(file) ? rowsIn(file, head) : new Map<number, Base>();
	let handle: number | null = null;
	const close = () => {
		if (handle !== null) closeSync(handle);
		handle = null;
	};
	const save = () => {
		close();
		const written = replacing(file);
		written.text(`${JSON.stringify(head)}\n`);
		for (const [of, base] of rows) written.text(`${JSON.stringify({ of, ...base } satisfies Row)}\n`);
		written.done();
	};
	return {
		get: (of: number): Base | undefined => rows.get(of),
		all: (): Iterable<[number, Base]> => rows,
		/** Not on the disk before `save`. */
		set: (of: number, base: Base): void => void rows.set(of, base),
		put(of: number, base: Base) {
			rows.set(of, base);
			if (handle === null) save();
			try {
				handle ??= openSync(file, 'a');
				writeSync(handle, `${JSON.stringify({ of, ...base } satisfies Row)}\n`);
			} catch (problem) {
				throw asFailure(problem, file);
			}
		},
		save
	};
};
export type Synced = ReturnType<typeof openSynced>;
