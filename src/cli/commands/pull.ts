import { command } from '../command.ts';

export const pull = command({
	name: 'pull',
	group: 'Hosted',
	summary: 'Bring examples, ratings and rewrites of the project on the server here',
	more: [
		'New examples come with an id of their own; of those that are here the rating of the project and the rewrite are taken over, unless they were changed here and not sent yet. Two rewrites of one answer are shown and both stay where they are until --prefer decides; the command then ends with 1.',
		'Nothing is taken out of the file: what was deleted on the server stays here, and what was removed here does not come back, unless with --all.'
	],
	quietly: 'nothing',
	flags: {
		prefer: {
			kind: 'choice',
			of: ['here', 'there'],
			words: 'Where both sides changed the same: keep what is here, to be pushed, or take what is there'
		},
		all: { kind: 'switch', words: 'Also what was removed here since' },
		'dry-run': { kind: 'switch', words: 'Only say what would change' }
	},
	examples: [
		{ run: 'ait pull', says: 'Brings what is new there.' },
		{ run: 'ait pull --prefer there', says: 'And takes theirs where both sides wrote.' }
	]
});
