import { command } from '../command.ts';

export const status = command({
	name: 'status',
	group: 'Training',
	summary: 'Ask the provider how far a training is',
	args: [{ name: 'run', words: 'v1, v2 and so on; the newest without it' }],
	flags: {
		all: { kind: 'switch', words: 'Every run' },
		watch: { kind: 'switch', short: 'w', words: 'Stay until it is over; ends with 1 when it failed' }
	},
	examples: [
		{ run: 'ait status', says: 'The newest run.' },
		{ run: 'ait status --all --json', says: 'Every run, for a script.' },
		{ run: 'ait status v1 --watch', says: 'Waits for its end.' }
	]
});
