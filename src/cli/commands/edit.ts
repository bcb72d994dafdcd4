import { command } from '../command.ts';

export const edit = command({
	name: 'edit',
	group: 'Examples',
	summary: 'Change an example in $EDITOR, or one part of it by a flag; or delete it',
	more: [
		'In the editor each turn stands under a line such as "### user"; the last answer is what trains. Another question may not be one that stands on the other side of the split, nor nearly, and a validation example stays what it measures.'
	],
	args: [{ name: 'id', words: 'the id of an example, or # and its line', isNeeded: true }],
	quietly: 'nothing',
	flags: {
		output: { kind: 'text', short: 'o', value: 'text', words: 'The answer, without an editor' },
		rating: { kind: 'number', value: '1-10', words: 'The rating; 0 takes it back', min: 0, max: 10, isWhole: true },
		delete: { kind: 'switch', words: 'Delete it' },
		yes: { kind: 'switch', short: 'y', words: 'Do not ask before deleting' }
	},
	examples: [
		{ run: 'ait edit 3 --output "It comes tomorrow." --rating 9', says: 'Another answer, rated.' },
		{ run: 'ait edit 2 --delete --yes', says: 'Takes an example out.' }
	]
});
