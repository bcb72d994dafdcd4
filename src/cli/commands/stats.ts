import { command } from '../command.ts';

export const stats = command({
	name: 'stats',
	group: 'Examples',
	summary: 'Show how many examples there are, how they are rated and split, and whether they are enough',
	more: [
		'Only the ratings and sides are read, so a million lines take seconds. ait doctor reads every line to its end.'
	],
	flags: {},
	examples: [
		{ run: 'ait stats', says: 'Counts, a histogram of the ratings, the split, and what is missing.' },
		{ run: 'ait stats --json', says: 'The same for a script.' }
	]
});
