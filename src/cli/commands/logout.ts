import { command } from '../command.ts';

export const logout = command({
	name: 'logout',
	group: 'Hosted',
	summary: 'Forget what opens a server',
	more: ['The token itself ends in your account, in the browser: the answer names the page.'],
	quietly: 'nothing',
	flags: { server: { kind: 'text', value: 'address', words: 'Which; else the one of the last login' } },
	examples: [{ run: 'ait logout', says: 'Forgets it.' }]
});
