import { command } from '../command.ts';

export const key = command({
	name: 'key',
	group: 'Set-up',
	summary: 'Keep the key of a provider, where only you can read it',
	more: [
		'It is asked for, or read from a pipe, and kept in ~/.config/aitelier/credentials (0600). TOGETHER_API_KEY, OPENAI_API_KEY, NEBIUS_API_KEY and the like in the environment, or in .env beside the project, go before it.'
	],
	args: [{ name: 'provider', words: 'together, openai, nebius, crusoe, own-server …', isNeeded: true }],
	quietly: 'nothing',
	flags: { forget: { kind: 'switch', words: 'Forget it' } },
	examples: [
		{ run: 'echo "$MY_KEY" | ait key together', says: 'Keeps it.' },
		{ run: 'ait key together --forget', says: 'Forgets it.' }
	]
});
