import { answerAt } from '../../lib/core/examples/example.ts';
import { bandOf } from '../../lib/core/ratings/scale.ts';
import { type Example, answerOf } from '../files/examples.ts';
import { folded, harmless, short } from '../terminal/plain.ts';
import type { Say } from '../terminal/say.ts';

type Place = {
	at: number;
	count: number;
	message: string;
	isFolded: boolean;
	threshold: number;
	rows: number;
	isWritten?: boolean;
};

const legend = '1-9, 0 = ten   r rewrite   i on the spot   s skip   u undo   q end';
const writing = 'Write it better. A dot alone on a line ends it, Esc leaves it as it was.';

/** At most so many lines of a text; the rest is said to be there. */
const cut = (lines: string[], most: number): string[] =>
	lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines: r shows all`];

/** One card: what the model saw and what it said, within the rows of the terminal; a better answer is written below it. */
export const cardLines = (
	say: Say,
	example: Example,
	{ at, count, message, isFolded, threshold, rows, isWritten = false }: Place
): string[] => {
	const width = say.columns - 2;
	const { rating } = example;
	const before = example.messages.slice(0, answerAt(example.messages));
	const system = before.filter(({ role }) => role === 'system');
	const rated = rating === null ? 'not rated yet' : `rated ${rating} (${bandOf(rating).name})`;
	const head = [
		say.paint('bold', `Example ${example.id ?? `#${example.line}`}`) +
			say.paint('dim', `   ${at + 1} of ${count}   ${rated}`),
		...system.map(({ content }) =>
			say.paint('dim', isFolded ? short(`f unfolds: ${content}`, width) : harmless(content))
		)
	].flatMap((line) => line.split('\n'));
	const saw = before
		.filter(({ role }) => role !== 'system')
		.flatMap(({ role, content }) => folded(`${role === 'user' ? '' : `${role}: `}${harmless(content)}`, width));
	const said = folded(harmless(answerOf(example)), width);
	const room = rows - head.length - 9;
	const most = Math.max(3, Math.min(saw.length, Math.floor(room * 0.4)));
	return [
		...head,
		'',
		say.paint('cyan', 'What the model saw'),
		...cut(saw, most).map((line) => `  ${line}`),
		'',
		say.paint('cyan', example.rewrite === null ? 'What it said' : 'Rewritten'),
		...cut(said, Math.max(3, room - Math.min(saw.length, most))).map((line) => `  ${line}`),
		'',
		...(isWritten
			? [say.paint('yellow', writing), '', '']
			: [
					message === '' ? say.paint('dim', `${threshold} or better is good`) : say.paint('yellow', message),
					say.paint('dim', legend)
				])
	];
};

/** Behind the last card the last decision can still be taken back. */
export const endLines = (say: Say, message: string): string[] => [
	say.paint('bold', 'That was the last one.'),
	'',
	say.paint('yellow', message),
	say.paint('dim', 'u takes the last decision back, left goes back, any other key ends')
];
