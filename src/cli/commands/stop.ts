import { command } from '../command.ts';

export const stop = command({
	name: 'stop',
	group: 'Judging',
	summary: 'Stop models that are deployed, so that nothing costs any more',
	args: [{ name: 'run', words: 'v1, v2 and so on; all of them without it' }],
	quietly: 'nothing',
	flags: {},
	examples: [{ run: 'ait stop', says: 'Stops whatever runs, and says what it cost.' }]
});
