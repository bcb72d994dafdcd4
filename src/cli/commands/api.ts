import { command } from '../command.ts';

export const api = command({
	name: 'api',
	group: 'Hosted',
	summary: 'Ask for any operation of the REST API by its name',
	more: [
		'Fields are flags with the names of the reference, as in --score 8, or JSON by --data; both may be mixed. They are checked before anything is sent. In a linked folder the project is known. The answer is the JSON of the server, or the file that it gives.',
		'Without a name it lists the operations; with --describe it shows the fields of one.'
	],
	args: [
		{ name: 'operation', words: 'its name, as in project.list' },
		{ name: 'field=value', words: 'fields, as another way to write --field value', isMany: true }
	],
	takesFields: true,
	flags: {
		data: { kind: 'text', value: 'JSON', words: 'Fields as one JSON object; - is the pipe' },
		file: { kind: 'text', value: 'file', words: 'The file of an import; - is the pipe' },
		describe: { kind: 'switch', words: 'Send nothing; show its address, its fields and an example' },
		server: { kind: 'text', value: 'address', words: 'Which; else the one of this folder, or of the last login' }
	},
	examples: [
		{ run: 'ait api', says: 'Every operation.' },
		{ run: 'ait api ratings.rate --describe', says: 'What one of them takes.' },
		{ run: 'ait api project.list', says: 'The projects you may see.' },
		{ run: 'ait api examples.list --band great --limit 5', says: 'Five good examples of the linked project.' }
	]
});
