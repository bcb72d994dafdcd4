import { command } from '../command.ts';

export const open = command({
	name: 'open',
	group: 'Hosted',
	summary: 'Open the page of the project in the browser',
	more: ['Where there is no browser, as over ssh, it only prints the address.'],
	args: [{ name: 'page', words: 'rate, examples, split, train, eval or settings; else the dashboard' }],
	flags: {},
	examples: [
		{ run: 'ait open', says: 'The dashboard.' },
		{ run: 'ait open rate', says: 'The page that rates.' }
	]
});
