import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { Failure } from '../exit-codes.ts';
import { asFailure } from './write.ts';

type Holder = { pid: number; host: string; command: string };

const isAlive = ({ pid, host }: Holder): boolean => {
	if (host !== hostname()) return true; // a folder that two machines share: nobody here can tell
	try {
		process.kill(pid, 0);
		return true;
	} catch (problem) {
		return (problem as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** Makes the file with all that is in it, or throws EEXIST: nobody ever sees half of it. */
const create = (file: string, text: string): void => {
	const beside = `${file}.${process.pid}`;
	try {
		writeFileSync(beside, text);
		try {
			linkSync(beside, file);
		} catch (problem) {
			if ((problem as NodeJS.ErrnoException).code === 'EEXIST') throw problem;
			writeFileSync(file, text, { flag: 'wx' }); // a disk without links
		}
	} finally {
		rmSync(beside, { force: true });
	}
};

/** Takes away what a dead process left. Somebody may have done so a moment ago and hold it now: then it is given back. */
const clear = (file: string, seen: string): void => {
	const aside = `${file}.${process.pid}.old`;
	try {
		renameSync(file, aside);
		if (readFileSync(aside, 'utf8') !== seen) create(file, readFileSync(aside, 'utf8'));
	} catch {
		// gone already, or held again: the next try tells
	}
	rmSync(aside, { force: true });
};

const textOf = (file: string): string | null => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return null; // let go of this moment
	}
};

const holderIn = (text: string): Holder | null => {
	try {
		return JSON.parse(text) as Holder;
	} catch {
		return null;
	}
};

const held = new Set<string>();
process.on('exit', () => held.forEach((file) => rmSync(file, { force: true })));

/**
 * Nobody else writes in this project until it is let go. What a process left behind that is no more holds nobody up. Throws a
 * failure that names who has it.
 */
export const lock = (folder: string, command: string): (() => void) => {
	const file = path.join(folder, '.ait.lock');
	const mine = JSON.stringify({ pid: process.pid, host: hostname(), command } satisfies Holder);
	for (let tries = 0; tries < 5; tries++) {
		try {
			mkdirSync(folder, { recursive: true });
			create(file, mine);
			held.add(file);
			return () => {
				held.delete(file);
				rmSync(file, { force: true });
			};
		} catch (problem) {
			if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw asFailure(problem, folder);
		}
		const text = textOf(file);
		if (text === null) continue;
		const holder = holderIn(text);
		const isOurs = holder?.pid === process.pid && holder.host === hostname() && !held.has(file);
		if (holder && isAlive(holder) && !isOurs) {
			const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
			throw new Failure(
				`ait ${holder.command} is at work in this project (process ${holder.pid}${where}).`,
				'wait until it is done, or end it there'
			);
		}
		clear(file, text);
	}
	throw new Failure(`${file} cannot be taken over.`, `rm ${file}`);
};
