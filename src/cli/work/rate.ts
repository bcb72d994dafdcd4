import type { rate } from '../commands/rate.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { candidatesIn } from '../files/candidates.ts';
import { type Example, editedLine } from '../files/examples.ts';
import { matches } from '../files/filter.ts';
import { findExample } from '../files/find.ts';
import { rewriteLines } from '../files/lines.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { rateCards } from '../rating/session.ts';
import { mustBeAsked } from '../terminal/ask.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Flags = Parameters<Deed<typeof rate>>[0]['flags'];

const wantedBy =
	({ filter, min, search }: Flags, threshold: number) =>
	(example: Example): boolean => {
		if (!matches(example, { search })) return false;
		const { rating } = example;
		if (rating !== null && min > 0 && rating < min) return true;
		if (filter === 'unrated') return rating === null;
		if (filter === 'below') return rating !== null && rating < threshold;
		return filter === 'all' || example.split === filter;
	};

const rateNamed = (project: Project, say: Say, ids: readonly string[], score: number) => {
	const examples = ids.map((id) => findExample(project, id));
	const lines = new Map(examples.map((example) => [example.line, editedLine(example, { rating: score })]));
	rewriteLines(examplesFile(project), (_, number) => lines.get(number));
	say.line(`Rated ${lines.size === 1 ? 'one example' : `${lines.size} examples`} ${score}.`);
	say.json({ rated: examples.map(({ id, line }) => ({ id, line, rating: score })) });
};

const rateOnScreen = async (
	project: Project,
	io: Io,
	say: Say,
	flags: Flags,
	ids: readonly string[]
): Promise<number> => {
	const unreadable = gatherUnreadable();
	const named = new Set(ids);
	const isNamed = ({ id, line }: Example) => named.has(id ?? '') || named.has(`#${line}`);
	const wanted = named.size === 0 ? wantedBy(flags, project.config.qualityThreshold) : isNamed;
	const cards = candidatesIn(project, wanted, unreadable.add);
	try {
		const done = await rateCards(project, io, say, cards);
		const { shown, rated, rewritten, skipped, average } = done;
		const onAverage = average === null ? '' : `, ${average.toFixed(1)} on average`;
		if (cards.count > 0)
			say.line(
				`${shown} of ${cards.count} shown, ${rated} rated, ${rewritten} rewritten, ${skipped} skipped${onAverage}.`
			);
		else if (flags.filter !== 'unrated' || named.size > 0) say.line('None is like that.');
		else say.line('Everything is rated. ait rate --filter below shows what is not good yet.');
		say.json(done);
	} finally {
		cards.close();
	}
	return unreadable.tell(say);
};

export const deed: Deed<typeof rate> = ({ io, say, args, flags }) =>
	writing(io, say, 'rate', async (project) => {
		if (flags.score !== undefined) {
			if (args.length === 0) throw new Failure('--score needs the ids of examples.', 'ait rate 12 --score 9', 'usage');
			return rateNamed(project, say, args, flags.score);
		}
		mustBeAsked(io, 'ait rate 12 --score 9');
		return rateOnScreen(project, io, say, flags, args);
	});
