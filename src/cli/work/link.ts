import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { GetMe } from '../../lib/contract/keys.ts';
import { ListProjects } from '../../lib/contract/project.ts';
import type { link } from '../commands/link.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { type Config, type Project, dataFolder, fileName, openProject, saveProject } from '../files/project.ts';
import { nearest } from '../parse.ts';
import { call } from '../remote/call.ts';
import { type Link, linkHere, writeLink } from '../remote/link.ts';
import { openServer } from '../remote/logins.ts';

/** The one that is named, or the only one. Throws a failure that names those there are. */
const chosen = <P extends { slug: string }>(projects: readonly P[], named: string | undefined): P => {
	const slugs = projects.map(({ slug }) => slug);
	if (named === undefined && projects.length === 1) return projects[0]!;
	if (projects.length === 0) throw new Failure('There is no project there that you may see.', 'make one in the app');
	const found = projects.find(({ slug }) => slug === named);
	if (found) return found;
	const known = `There ${slugs.length === 1 ? 'is' : 'are'} ${slugs.slice(0, 20).join(', ')}${slugs.length > 20 ? ' and more' : ''}.`;
	if (named === undefined) throw new Failure(`It is not said which project. ${known}`, `ait link ${slugs[0]}`, 'usage');
	throw new Failure(`There is no project "${named}" there. ${known}`, `ait link ${nearest(named, slugs) ?? slugs[0]}`);
};

/** The project of this folder; a new one where there is none, on the sandbox until somebody says otherwise. */
const projectIn = (cwd: string, { name, qualityThreshold }: { name: string; qualityThreshold: number }): Project => {
	try {
		return openProject(cwd);
	} catch (problem) {
		if (!(problem instanceof Failure) || problem.mend !== 'ait init') throw problem;
	}
	const config: Config = { name, provider: 'sandbox', model: 'sandbox-small', qualityThreshold, runs: [] };
	const project = { folder: path.resolve(cwd), config, text: '' };
	mkdirSync(dataFolder(project), { recursive: true });
	saveProject(project);
	return project;
};

export const deed: Deed<typeof link> = async ({ io, say, args: [named], flags }) => {
	const server = openServer(io, flags.server, linkHere(io.cwd)?.server);
	const [{ team, role }, projects] = await Promise.all([
		call(server, GetMe, {}, io),
		call(server, ListProjects, {}, io)
	]);
	const { id, slug, name, qualityThreshold } = chosen(projects, named);
	const project = projectIn(io.cwd, { name, qualityThreshold });
	const made: Link = {
		server: server.origin,
		team: { slug: team.slug, name: team.name },
		project: { id, slug, name }
	};
	writeLink(project, made);
	say.line(`${path.join(project.folder, fileName)} goes with ${name} of ${team.name}, at ${server.origin}.`);
	say.aside('Next: ait pull brings what is there, ait push sends what is here');
	say.json({ ...made, role });
};
