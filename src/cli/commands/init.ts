import { providerIds } from '../../lib/contract/providers.ts';
import { command } from '../command.ts';

export const init = command({
	name: 'init',
	group: 'Examples',
	summary: 'Begin a project in this folder: its settings and an empty set of examples',
	more: [
		'Asks for what no flag says. With --yes nothing is asked: the name of the folder, the sandbox and its small model are taken.'
	],
	quietly: 'nothing',
	flags: {
		name: { kind: 'text', value: 'name', words: 'What the project is called' },
		provider: { kind: 'choice', of: providerIds, words: 'Where it trains' },
		model: { kind: 'text', value: 'model', words: 'The base model, as the provider calls it' },
		system: { kind: 'text', value: 'text', words: 'The system prompt that examples without one are given' },
		threshold: {
			kind: 'number',
			value: 'rating',
			words: 'From which rating an example is good',
			default: 8,
			min: 1,
			max: 10,
			isWhole: true
		},
		'base-url': { kind: 'text', value: 'address', words: 'Where your own server is (own-server, openai-compatible)' },
		yes: { kind: 'switch', short: 'y', words: 'Ask nothing' }
	},
	examples: [
		{ run: 'ait init --yes', says: 'A project on the sandbox, which needs no key.' },
		{
			run: 'ait init --name "Support" --provider together --model meta-llama/Meta-Llama-3.1-8B-Instruct-Reference --system "You answer customers." --yes',
			says: 'A project that trains at Together.'
		}
	]
});
