import { command } from '../command.ts';

export const show = command({
	name: 'show',
	group: 'Examples',
	summary: 'Show one example whole',
	args: [{ name: 'id', words: 'the id of an example, or # and its line', isNeeded: true }],
	flags: {},
	examples: [
		{ run: 'ait show 3', says: 'Every turn, its rating, its side, and the answer before it was rewritten.' },
		{ run: "ait show '#3' --json", says: 'The example in line 3, for a script.' }
	]
});
