import { to } from '../../lib/paths.ts';
import type { open } from '../commands/open.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { openProject } from '../files/project.ts';
import { nearest } from '../parse.ts';
import { browse } from '../remote/browser.ts';
import { linkOf } from '../remote/link.ts';

const pages = {
	rate: to.rate,
	examples: to.examples,
	split: to.split,
	train: to.train,
	eval: to.evaluations,
	settings: to.projectSettings
} as const;

export const deed: Deed<typeof open> = async ({ io, say, args: [page] }) => {
	const names = Object.keys(pages);
	if (page !== undefined && !names.includes(page))
		throw new Failure(
			`There is no page "${page}". There are ${names.join(', ')}.`,
			`ait open ${nearest(page, names) ?? ''}`.trim(),
			'usage'
		);
	const { server, team, project } = linkOf(openProject(io.cwd));
	const path = page === undefined ? to.project : pages[page as keyof typeof pages];
	const address = server + path(team.slug, project.slug);
	say.line(address);
	const isOpen = await browse(io, address);
	say.json({ address, opened: isOpen });
};
