import { command } from '../command.ts';

export const doctor = command({
	name: 'doctor',
	group: 'Set-up',
	summary: 'Look whether everything is as it should be: files, every line, keys, provider, login',
	more: ['Ends with 1 when something has to be mended. Keys are never shown.'],
	flags: { offline: { kind: 'switch', words: 'Ask neither the provider nor the server' } },
	examples: [
		{ run: 'ait doctor', says: 'What is well, and what mends the rest.' },
		{ run: 'ait doctor --offline --json', says: 'Only what lies here, for a script.' }
	]
});
