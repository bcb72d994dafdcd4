import { command } from '../command.ts';

export const link = command({
	name: 'link',
	group: 'Hosted',
	summary: 'Let this folder go with a project of a server',
	more: [
		'Without a name it takes the only project there is, or shows those there are. In a folder without a project it makes one, to be filled by ait pull. What it goes with is kept in .aitelier.link.json, which holds no secret; .aitelier.json stays as it is.'
	],
	args: [{ name: 'project', words: 'its name in the address, as in support' }],
	quietly: 'nothing',
	flags: { server: { kind: 'text', value: 'address', words: 'Which; else the one of the last login' } },
	examples: [
		{ run: 'ait link support', says: 'With the project "support".' },
		{ run: 'ait link --json', says: 'With the only one there is, for a script.' }
	]
});
