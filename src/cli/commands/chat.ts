import { command } from '../command.ts';

export const chat = command({
	name: 'chat',
	group: 'Judging',
	summary: 'Talk to a model: the trained one, its base, or any other of the provider',
	more: ['Without a question, line by line until Ctrl-D. With one, or from a pipe, one answer.'],
	args: [{ name: 'question', words: 'one question', isMany: true }],
	flags: {
		run: { kind: 'text', value: 'v1', words: 'The model of this run; the newest that is ready without it' },
		model: { kind: 'text', value: 'name', words: 'Any other model of the provider' },
		base: { kind: 'switch', words: 'The base model of the project' },
		system: { kind: 'text', value: 'text', words: "Another system prompt than the project's" },
		temperature: { kind: 'number', value: '0-2', words: 'How freely it answers', default: 0.7, min: 0, max: 2 },
		'max-tokens': {
			kind: 'number',
			value: 'n',
			words: 'The longest answer',
			default: 512,
			min: 1,
			max: 8192,
			isWhole: true
		}
	},
	examples: [
		{ run: 'ait chat --base "Where is my parcel?"', says: 'One answer of the base model.' },
		{ run: 'echo "Where is my parcel?" | ait chat --base --json', says: 'The same from a pipe, with how long it took.' }
	]
});
