import { command } from '../command.ts';

export const importFile = command({
	name: 'import',
	group: 'Examples',
	summary: 'Add the examples of a file: JSONL, JSON and everything else the app reads',
	more: [
		"Chat messages of OpenAI and Together, the original's own lines, input and output, prompt and completion, Alpaca, ShareGPT, our full export; also packed with gzip. What is there already, to the sign, is not added again.",
		'A line that cannot be read is refused with its number and the reason, and kept in data/refused.jsonl, to be mended and imported again; the command then ends with 1. An example whose question stands on the other side of the split comes in without a side; one that asks nearly the same as validation leaves train, and is named. Among more than 3,000 prompts with a side ait split looks for those.',
		'A preference pair comes in as an example with a rewrite: the worse answer, improved. A score of an example that is there already is only taken when you say so.'
	],
	args: [{ name: 'file', words: 'the file; - is the pipe', isNeeded: true }],
	quietly: 'nothing',
	flags: {
		scores: {
			kind: 'choice',
			of: ['new', 'all', 'none'],
			words:
				'Of examples that are there already, take the scores of the file: new where there is none here, all also in place of another; asked for on a terminal'
		},
		'dry-run': { kind: 'switch', words: 'Only say what would be added' }
	},
	examples: [
		{ run: 'ait import answers.jsonl', says: 'Adds what is new, and says how many.' },
		{ run: 'ait import answers.jsonl --scores new', says: 'And takes the scores of those that have none here.' },
		{ run: 'cat answers.jsonl | ait import - --json', says: 'The same from a pipe, for a script.' }
	]
});
