import { command } from '../command.ts';

export const demo = command({
	name: 'demo',
	group: 'Set-up',
	summary: 'Say how to start the app: the same workshop for a team, in the browser',
	flags: {},
	examples: [{ run: 'ait demo', says: 'One line.' }]
});
