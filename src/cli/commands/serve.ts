import { command } from '../command.ts';

export const serve = command({
	name: 'serve',
	group: 'Judging',
	summary: 'Deploy the model of a run, so that it answers. It costs by the minute until ait stop',
	args: [{ name: 'run', words: 'v1, v2 and so on; the newest that is ready without it' }],
	quietly: 'the name under which the model answers',
	flags: { yes: { kind: 'switch', short: 'y', words: 'Do not ask' } },
	examples: [{ run: 'ait serve --yes', says: 'Deploys the newest model, and waits until it answers.' }]
});
