import { rewriteProblem } from '../../lib/core/examples/conversation.ts';
import { answerAt } from '../../lib/core/examples/conversation.ts';
import type { rate } from '../commands/rate.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { candidatesIn } from '../files/candidates.ts';
import { type Example, answerOf, editedLine, readExample } from '../files/examples.ts';
import { matches } from '../files/filter.ts';
import { findExample } from '../files/find.ts';
import { encoded, rewriteLines } from '../files/lines.ts';
import { applyPending, openPending } from '../files/pending.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { mustBeAsked } from '../terminal/ask.ts';
import { edited } from '../terminal/editor.ts';
import type { Io } from '../terminal/io.ts';
import { type Keys, readKeys } from '../terminal/keys.ts';
import type { Say } from '../terminal/say.ts';
import { screenOn } from '../terminal/screen.ts';
import { gatherUnreadable } from '../unreadable.ts';
import { cardLines, endLines } from './rate-card.ts';

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

/** A text written on the spot, until a line with a dot alone. */
const typed = async (io: Io, keys: Keys): Promise<string> => {
	io.stderr.write('\nWrite the better answer. A line with a dot alone ends it.\n\n');
	const lines: string[] = [];
	let line = '';
	for (let key = await keys.next(); key !== null; key = await keys.next()) {
		if (key === 'ctrl-c' || key === 'escape') return '';
		if (key === 'enter') {
			if (line === '.') break;
			lines.push(line);
			line = '';
			io.stderr.write('\r\n');
		} else if (key === 'backspace') {
			line = [...line].slice(0, -1).join('');
			io.stderr.write('\b \b');
		} else if (!/^(up|down|left|right|ctrl-d)$/.test(key)) {
			line += key;
			io.stderr.write(key);
		}
	}
	return lines.join('\n').trim();
};

type Done = { at: number; before: Example; wasRewrite: boolean };

const session = async (project: Project, io: Io, say: Say, flags: Flags, ids: readonly string[]) => {
	const threshold = project.config.qualityThreshold;
	const unreadable = gatherUnreadable();
	const named = new Set(ids);
	const wanted = wantedBy(flags, threshold);
	const cards = candidatesIn(
		project,
		named.size === 0 ? wanted : ({ id, line }) => named.has(id ?? '') || named.has(`#${line}`),
		unreadable.add
	);
	const pending = openPending(project);
	const keys = readKeys(io);
	const screen = screenOn(io, say);
	const now = new Map<number, Example>();
	const history: Done[] = [];
	const summary = { rated: 0, rewritten: 0, skipped: 0 };
	const seen = new Set<number>();
	let at = 0;
	let isFolded = true;
	let message = '';
	let preselected: number | null = null; // a rewrite asks for its rating
	const stop = () => screen.close();
	io.signal.addEventListener('abort', stop);

	const current = () => now.get(at) ?? cards.read(at);
	/** Written down before anything else is shown. */
	const decide = (edit: Parameters<typeof editedLine>[1], wasRewrite: boolean) => {
		const before = current();
		const bytes = editedLine(before, edit);
		pending.put(before.line, encoded(cards.read(at).text), bytes);
		now.set(at, readExample(bytes, before.line) as Example);
		history.push({ at, before, wasRewrite });
	};
	const undo = () => {
		const last = history.pop();
		if (!last) return (message = 'There is nothing to take back.');
		pending.put(last.before.line, encoded(cards.read(last.at).text), encoded(last.before.text));
		now.set(last.at, last.before);
		if (last.wasRewrite) summary.rewritten--;
		else summary.rated--;
		at = last.at;
		return (message = 'Taken back.');
	};
	const rewrite = async (onTheSpot: boolean) => {
		const example = current();
		screen.close();
		let text: string;
		try {
			if (onTheSpot) text = await typed(io, keys);
			else {
				keys.pause();
				text = await edited(io, answerOf(example), 'answer.md').finally(() => keys.resume());
			}
		} finally {
			screen.open();
		}
		if (text === '' || text === answerOf(example)) return (message = 'The answer stays as it was.');
		const problem = rewriteProblem(text);
		if (problem) return (message = `Not taken over: ${problem}.`);
		const original = example.messages[answerAt(example.messages)]!.content;
		decide({ rewrite: text === original ? null : text }, true);
		summary.rewritten++;
		preselected = Math.max(9, Math.ceil(threshold));
		return (message = `Rewritten. How good is it now? Enter for ${preselected}.`);
	};
	const give = (score: number) => {
		decide({ rating: score }, false);
		summary.rated++;
		message = `Rated ${score}. u takes it back.`;
		preselected = null;
		at++;
	};
	const acts: Record<string, () => unknown> = {
		r: () => rewrite(false),
		i: () => rewrite(true),
		s: () => (summary.skipped++, (message = ''), (preselected = null), at++),
		left: () => ((message = ''), (preselected = null), (at = Math.max(0, at - 1))),
		u: undo,
		f: () => (isFolded = !isFolded),
		enter: () => preselected !== null && give(preselected)
	};
	acts.right = acts.s!;
	try {
		while (cards.count > 0) {
			const isEnd = at >= cards.count;
			if (!isEnd) seen.add(at);
			screen.draw(
				isEnd
					? endLines(say, message)
					: cardLines(say, current(), { at, count: cards.count, message, isFolded, threshold, rows: screen.rows() })
			);
			const key = await keys.next();
			if (key === null || key === 'q' || key === 'ctrl-c' || key === 'escape' || key === 'ctrl-d') break;
			if (isEnd && key !== 'u' && key !== 'left') break;
			if (/^\d$/.test(key)) give(key === '0' ? 10 : Number(key));
			else await acts[key]?.();
		}
	} finally {
		io.signal.removeEventListener('abort', stop);
		screen.close();
		keys.close();
		cards.close();
		pending.close();
		applyPending(project);
	}
	const scores = [...now.values()].flatMap(({ rating }) => rating ?? []);
	const average = scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
	if (cards.count === 0)
		say.line(
			flags.filter === 'unrated'
				? 'Everything is rated. ait rate --filter below shows what is not good yet.'
				: 'None is like that.'
		);
	else {
		const { rated, rewritten, skipped } = summary;
		say.line(
			`${seen.size} of ${cards.count} shown, ${rated} rated, ${rewritten} rewritten, ${skipped} skipped${average === null ? '' : `, ${average.toFixed(1)} on average`}.`
		);
	}
	say.json({ shown: seen.size, ...summary, average });
	return unreadable.tell(say);
};

export const deed: Deed<typeof rate> = ({ io, say, args, flags }) =>
	writing(io, say, 'rate', async (project) => {
		if (flags.score !== undefined) {
			if (args.length === 0) throw new Failure('--score needs the ids of examples.', 'ait rate 12 --score 9', 'usage');
			return rateNamed(project, say, args, flags.score);
		}
		mustBeAsked(io, 'ait rate 12 --score 9');
		return session(project, io, say, flags, args);
	});
