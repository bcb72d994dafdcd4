import { command } from '../command.ts';

export const sandbox = command({
	name: 'sandbox',
	group: 'Set-up',
	summary: 'Start the sandbox: a provider on this machine that needs no key, learns and answers',
	more: ['It stays until Ctrl-C. Projects with the provider "sandbox" find it by themselves.'],
	quietly: 'its address',
	flags: {
		port: {
			kind: 'number',
			value: 'n',
			words: 'Where it listens; 0 is any free port',
			default: 4010,
			min: 0,
			max: 65535,
			isWhole: true
		},
		dir: { kind: 'text', value: 'folder', words: 'Where it keeps what it was given; without it, in memory' },
		speed: {
			kind: 'number',
			value: 'n',
			words: 'How many times faster than a provider it trains',
			default: 20,
			min: 0.1,
			max: 1000
		}
	},
	examples: [{ run: 'ait sandbox --port 0', says: 'Starts it, and says where it answers.' }]
});
