import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../exit-codes.ts';
import { type Project, openProject } from '../files/project.ts';
import { asFailure, replaceFile } from '../files/write.ts';

/** With which project of which server a folder goes. It holds no secret and may be committed. */
export type Link = {
	server: string;
	team: { slug: string; name: string };
	project: { id: string; slug: string; name: string };
};

/** A file of its own: the original reads every field of `.aitelier.json`, and never sees this. */
export const linkFile = ({ folder }: Pick<Project, 'folder'>) => path.join(folder, '.aitelier.link.json');

const isLink = (link: Partial<Link> | null): link is Link =>
	typeof link?.server === 'string' &&
	typeof link.team?.slug === 'string' &&
	typeof link.project?.id === 'string' &&
	typeof link.project.slug === 'string';

/** null where it goes with none. Throws a failure where the file is broken. */
export const readLink = (project: Pick<Project, 'folder'>): Link | null => {
	const file = linkFile(project);
	if (!existsSync(file)) return null;
	try {
		const link = JSON.parse(readFileSync(file, 'utf8')) as Link | null;
		if (isLink(link)) return link;
	} catch (problem) {
		if (!(problem instanceof SyntaxError)) throw asFailure(problem, file);
	}
	throw new Failure('.aitelier.link.json is broken.', 'ait link');
};

export const writeLink = (project: Pick<Project, 'folder'>, link: Link): void =>
	replaceFile(linkFile(project), `${JSON.stringify(link, null, 2)}\n`);

/** Throws a failure that names `ait link`. */
export const linkOf = (project: Pick<Project, 'folder'>): Link => {
	const link = readLink(project);
	if (!link) throw new Failure('This folder goes with no project of a server yet.', 'ait link');
	return link;
};

/** The link of the folder somebody stands in, where there is one: for what works outside a project too. */
export const linkHere = (cwd: string): Link | null => {
	try {
		return readLink(openProject(cwd));
	} catch {
		return null;
	}
};
