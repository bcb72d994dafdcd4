import { command } from '../command.ts';

export const add = command({
	name: 'add',
	group: 'Examples',
	summary: 'Add one example: a question and its answer, or a whole conversation',
	more: [
		'Without flags two texts are asked for, in $EDITOR on a terminal. With --file, or from a pipe, one conversation in any known format is read: {"messages": […]} with as many turns as it has, or {"input", "output"}.',
		'--input and --output may name a file, as once; what is no file is the text itself.',
		'A conversation that is there already is refused. One that asks nearly the same as another comes in, and the other is named, among up to 3,000 examples.'
	],
	quietly: 'the number of the new example',
	flags: {
		input: { kind: 'text', short: 'i', value: 'text|file', words: 'What the person says' },
		output: { kind: 'text', short: 'o', value: 'text|file', words: 'What the model should answer' },
		file: { kind: 'text', short: 'f', value: 'path', words: 'A file with one conversation; - is the pipe' },
		rating: { kind: 'number', value: '1-10', words: 'Rate it at once', min: 1, max: 10, isWhole: true }
	},
	examples: [
		{
			run: 'ait add --input "Where is my parcel?" --output "On its way: it comes tomorrow." --rating 9',
			says: 'One question, one answer, rated.'
		},
		{
			run: `echo '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}]}' | ait add`,
			says: 'A conversation from a pipe.'
		}
	]
});
