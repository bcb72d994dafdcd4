import { command } from '../command.ts';

export const rate = command({
	name: 'rate',
	group: 'Examples',
	summary: 'Rate and rewrite answers, one after the other, on the whole screen',
	more: [
		'Keys: 1 to 9 and 0 for ten; r rewrites in $EDITOR, i on the spot; s or right goes on, left goes back, u takes the last decision back, f folds the system prompt, q ends. Each decision is on the disk before the next card is shown.',
		'With ids and --score nothing is shown: for scripts.'
	],
	args: [{ name: 'id', words: 'only these examples', isMany: true }],
	quietly: 'nothing',
	flags: {
		min: {
			kind: 'number',
			value: '1-10',
			words: 'Also show what is rated below this, as the original did',
			default: 0,
			min: 0,
			max: 10
		},
		filter: {
			kind: 'choice',
			of: ['unrated', 'all', 'below', 'train', 'val'],
			words: 'Which to show: without a rating, all, below the threshold, or of one side',
			default: 'unrated'
		},
		search: { kind: 'text', value: 'text', words: 'Only ones that say this' },
		score: {
			kind: 'number',
			value: '1-10',
			words: 'Give the named examples this rating and end',
			min: 1,
			max: 10,
			isWhole: true
		}
	},
	examples: [
		{ run: 'ait rate', says: 'Everything that has no rating yet.' },
		{ run: 'ait rate --filter below', says: 'What is not good yet, to rewrite it.' },
		{ run: 'ait rate 2 3 --score 9', says: 'Two ratings from a script.' }
	]
});
