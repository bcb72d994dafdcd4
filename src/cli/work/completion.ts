import { commands } from '../commands.ts';
import type { completion } from '../commands/completion.ts';
import { completions } from '../complete.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { nearest } from '../parse.ts';

export const deed: Deed<typeof completion> = ({ say, args: [shell] }) => {
	const known = Object.keys(completions);
	if (!known.includes(shell!))
		throw new Failure(
			`"${shell}" is none of ${known.join(', ')}.`,
			`ait completion ${nearest(shell!, known) ?? known[0]}`,
			'usage'
		);
	const script = completions[shell as keyof typeof completions](commands);
	if (say.isJson) say.json({ shell, script });
	else say.raw(script);
};
