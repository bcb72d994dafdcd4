import { command } from '../command.ts';

export const push = command({
	name: 'push',
	group: 'Hosted',
	summary: 'Send examples, ratings and rewrites to the project of the server',
	more: [
		'What is there already, to the sign, is not sent again; a rating or a rewrite that was made here since goes there as yours. Where somebody has rewritten the same answer meanwhile, nothing is written over: both are shown, and ait pull --prefer decides. Sides of the split go with new examples; of those that are there the server decides.',
		'When the connection breaks off, the same command goes on where it was, and nothing arrives twice. What was deleted on the server since is not sent again, unless with --all.'
	],
	quietly: 'nothing',
	flags: {
		all: { kind: 'switch', words: 'Also what was deleted there since' },
		'dry-run': { kind: 'switch', words: 'Only say what would be sent' }
	},
	examples: [
		{ run: 'ait push', says: 'Sends what is new here, and says how many.' },
		{ run: 'ait push --dry-run --json', says: 'What would be sent, for a script.' }
	]
});
