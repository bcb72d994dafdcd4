import { command } from '../command.ts';

export const split = command({
	name: 'split',
	group: 'Training',
	summary: 'Deal the good examples out to train and validation, and show first what would move',
	more: [
		'By rating, in proportion; the same file and seed give the same split everywhere. Nothing that has a place moves, and running it again changes nothing. What is in validation is locked, what has trained never measures, and one question never stands on both sides: what asks nearly the same as validation leaves train, unless it was learnt.',
		'--reshuffle takes what is in train and has not trained yet back first, after asking.'
	],
	quietly: 'nothing',
	flags: {
		ratio: { kind: 'number', value: '0-1', words: 'How much of it trains', default: 0.8, min: 0, max: 1, isOpen: true },
		seed: { kind: 'number', value: 'n', words: 'Another seed, another split', default: 1, min: 0, isWhole: true },
		reshuffle: { kind: 'switch', words: 'Deal train out anew' },
		'dry-run': { kind: 'switch', words: 'Only show what would move' },
		yes: { kind: 'switch', short: 'y', words: 'Do not ask' }
	},
	examples: [
		{ run: 'ait split --dry-run', says: 'What would move.' },
		{ run: 'ait split', says: 'Moves it: 80 % to train, 20 % to validation.' },
		{ run: 'ait split --reshuffle --seed 7 --yes', says: 'Another draw of what has not trained yet.' }
	]
});
