import { command } from '../command.ts';

export const cancel = command({
	name: 'cancel',
	group: 'Training',
	summary: 'Stop a training, after saying what is billed all the same',
	args: [{ name: 'run', words: 'v1, v2 and so on; the newest without it' }],
	quietly: 'nothing',
	flags: { yes: { kind: 'switch', short: 'y', words: 'Do not ask' } },
	examples: [{ run: 'ait cancel --yes', says: 'Stops the newest run.' }]
});
