import { command } from '../command.ts';

export const login = command({
	name: 'login',
	group: 'Hosted',
	summary: 'Log in at a server of the app, as yourself or with an API key',
	more: [
		'Shows a code; you confirm it in the browser, on whichever machine, and what is sent from here is yours from then on. With --key an API key is read from a pipe, or asked for without being shown; ratings that come by a key count as a script’s.',
		'Kept in ~/.config/aitelier/credentials (0600), one for each server. For CI, AITELIER_URL and AITELIER_API_KEY in the environment go before it; the key is sent to that address and to no other.'
	],
	quietly: 'nothing',
	flags: {
		server: { kind: 'text', value: 'address', words: 'Where the app is; else the one of the last login' },
		key: { kind: 'switch', words: 'With an API key instead' }
	},
	examples: [
		{ run: 'ait login --server localhost:5173', says: 'As yourself: shows a code, and waits for you to confirm it.' },
		{ run: 'echo "$AIT_KEY" | ait login --key', says: 'With a key, for a script.' }
	]
});
