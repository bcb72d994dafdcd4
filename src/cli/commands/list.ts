import { command } from '../command.ts';

export const list = command({
	name: 'list',
	group: 'Examples',
	summary: 'List examples, one line each',
	more: [
		'What was asked about is given a line: number, rating, side, question and answer. --json gives one object a line, whole.'
	],
	quietly: 'their numbers alone',
	flags: {
		rated: { kind: 'switch', words: 'Only rated ones' },
		unrated: { kind: 'switch', words: 'Only ones without a rating' },
		min: { kind: 'number', value: '1-10', words: 'Only ones rated so or better', min: 1, max: 10 },
		max: { kind: 'number', value: '1-10', words: 'Only ones rated so or worse', min: 1, max: 10 },
		split: { kind: 'choice', of: ['train', 'val', 'none'], words: 'Only ones on this side' },
		search: { kind: 'text', value: 'text', words: 'Only ones that say this, whatever its case' },
		limit: { kind: 'number', value: 'n', words: 'At most so many; 0 is all', default: 15, min: 0, isWhole: true },
		'no-interactive': { kind: 'switch', words: 'Changes nothing: this list never asks. The original had it' }
	},
	examples: [
		{ run: 'ait list', says: 'The first 15.' },
		{ run: 'ait list --max 6 --limit 0', says: 'Everything that is not good yet.' },
		{ run: 'ait list --split val --json --limit 0', says: 'The validation examples, one JSON object a line.' }
	]
});
