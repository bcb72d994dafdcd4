import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { Failure } from '../exit-codes.ts';
import { lock } from './lock.ts';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { applyPending, hasPending } from './pending.ts';
import { type Project, dataFolder, openProject } from './project.ts';

const settle = (project: Project, say: Say) => {
	const changed = applyPending(project);
	if (changed > 0)
		say.note(`Took over ${changed === 1 ? 'one decision' : `${changed} decisions`} of a session that was cut off.`);
};

/** The project as it is. What an earlier session decided and could not write is written first, where nobody else is at work. */
export const reading = (io: Pick<Io, 'cwd'>, say: Say): Project => {
	const project = openProject(io.cwd);
	if (!hasPending(project)) return project;
	try {
		const release = lock(dataFolder(project), 'recovery');
		try {
			settle(project, say);
		} finally {
			release();
		}
	} catch (problem) {
		if (!(problem instanceof Failure)) throw problem; // somebody rates at this moment, or nothing may be written here
	}
	return project;
};

/** What a command that was killed had begun to write beside a file. */
const sweep = (folder: string) => {
	for (const name of readdirSync(folder)) {
		if (/\.\d+\.tmp$/.test(name)) rmSync(path.join(folder, name), { force: true });
	}
};

/** Works on the project while nobody else does, and lets go of it whatever happens. */
export const writing = async <T>(
	io: Pick<Io, 'cwd'>,
	say: Say,
	command: string,
	work: (project: Project) => Promise<T> | T
): Promise<T> => {
	const release = lock(dataFolder(openProject(io.cwd)), command);
	try {
		const project = openProject(io.cwd);
		sweep(project.folder);
		sweep(dataFolder(project));
		settle(project, say);
		return await work(project);
	} finally {
		release();
	}
};
