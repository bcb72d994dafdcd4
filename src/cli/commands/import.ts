import { command } from '../command.ts';

export const importFile = command({
	name: 'import',
	group: 'Examples',
	summary: 'Add the examples of a file: JSONL, JSON and everything else the app reads',
	more: [
		"Chat messages of OpenAI and Together, the original's own lines, input and output, prompt and completion, Alpaca, ShareGPT, our full export; also packed with gzip. What is there already, to the sign, is not added again.",
		'A line that cannot be read is refused with its number and the reason, and kept in data/refused.jsonl, to be mended and imported again; the command then ends with 1. An example whose question stands on the other side of the split comes in without a side.'
	],
	args: [{ name: 'file', words: 'the file; - is the pipe', isNeeded: true }],
	flags: {
		'dry-run': { kind: 'switch', words: 'Only say what would be added' }
	},
	examples: [
		{ run: 'ait import answers.jsonl', says: 'Adds what is new, and says how many.' },
		{ run: 'cat answers.jsonl | ait import - --json', says: 'The same from a pipe, for a script.' }
	]
});
