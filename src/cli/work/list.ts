import { figure } from '../../lib/core/text/figure.ts';
import type { list } from '../commands/list.ts';
import type { Deed } from '../deed.ts';
import { type Example, answerOf, eachExample, questionOf } from '../files/examples.ts';
import { matches } from '../files/filter.ts';
import { idOf } from '../files/near.ts';
import { reading } from '../files/session.ts';
import { short } from '../terminal/plain.ts';
import { gatherUnreadable } from '../unreadable.ts';

/** An example as programs are given it. */
export const shownExample = ({ id, line, messages, rating, rewrite, split }: Example) => ({
	id,
	line,
	rating,
	split,
	messages,
	rewrite
});

export const deed: Deed<typeof list> = ({ io, say, flags }) => {
	const project = reading(io, say);
	const unreadable = gatherUnreadable();
	let found = 0;
	const columns = say.columns;
	const head = `${'id'.padStart(7)}  ${'rated'.padEnd(5)}  ${'side'.padEnd(5)}  `;
	const room = columns - head.length;
	const left = Math.floor(room * 0.4);
	const give = (example: Example) => {
		if (!matches(example, flags)) return;
		found++;
		if (flags.limit > 0 && found > flags.limit) return;
		if (say.isJson) return say.raw(`${JSON.stringify(shownExample(example))}\n`);
		if (found === 1) say.line(say.paint('dim', `${head}${'question'.padEnd(left)} answer`));
		const { rating, split } = example;
		say.outcome(idOf(example));
		const id = idOf(example).padStart(7);
		const tone = rating === null ? 'dim' : rating >= project.config.qualityThreshold ? 'green' : 'yellow';
		const rated = say.paint(tone, (rating === null ? '-' : String(rating)).padStart(5));
		const side = (split ?? '-').padEnd(5);
		const question = short(questionOf(example), left - 1).padEnd(left);
		say.line(`${id}  ${rated}  ${side}  ${question} ${short(answerOf(example), room - left - 1)}`);
	};
	eachExample(project, give, unreadable.add);
	if (found === 0) say.aside('None is like that.');
	else if (flags.limit > 0 && found > flags.limit)
		say.aside(say.paint('dim', `${figure(found - flags.limit)} more: ait list --limit 0`));
	return unreadable.tell(say);
};
