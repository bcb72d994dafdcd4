import { figure } from '../../lib/core/text/figure.ts';
import { type Dealt, type Decided, deal, side } from '../../lib/core/splits/deal.ts';
import { stratumOf, summaryOf, whatValidationProves } from '../../lib/core/splits/plan.ts';
import { type Sayings, familiesOf, sayingsOf } from '../../lib/core/examples/near.ts';
import type { split } from '../commands/split.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { editedLine, examplesIn, isUnreadable, readExample } from '../files/examples.ts';
import { withFields } from '../files/fields.ts';
import { numberSet } from '../files/hashes.ts';
import { column } from '../files/columns.ts';
import { type Put, eachLine, rewriteSpans } from '../files/lines.ts';
import { mostCompared } from '../files/near.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { trainedPrompts } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { scanInTwo } from '../splitting/halves.ts';
import type { Seen } from '../splitting/scan.ts';
import { agreed } from '../terminal/ask.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { gatherUnreadable } from '../unreadable.ts';

/**
 * What the split knows of the file: columns of numbers, in `lines` where each stands, in `before` on which side, and in `open` whether its
 * side can be written behind everything else.
 */
type Rows = Dealt & Record<'lines' | 'before' | 'open', ArrayLike<number>> & { isCompared: boolean; parted: number };

const sideBefore = { train: side.train, val: side.validation } as const;

/**
 * What the plan has to know: good examples, and whatever stands on a side or was learnt from. Known by what they say, as in the
 * app: several may say the same, and then go the same way.
 */
const rowsOf = async (
	{ program }: Io,
	project: Project,
	{ seed, reshuffle }: { seed: number; reshuffle: boolean },
	unreadable: ReturnType<typeof gatherUnreadable>
): Promise<Rows> => {
	const trained = trainedPrompts(project);
	const threshold = project.config.qualityThreshold;
	const prompts = numberSet();
	const rows = {
		groups: column(Int32Array),
		places: column(Float64Array),
		strata: column(Uint8Array),
		sides: column(Uint8Array),
		trained: column(Uint8Array),
		lines: column(Int32Array),
		before: column(Uint8Array),
		open: column(Uint8Array)
	};
	const add = ({ line, rating, split: was, prompt, place, isOpen: hasOpenEnd }: Seen) => {
		const isTrained = trained.has(prompt);
		const stratum = stratumOf(rating, threshold);
		if (stratum === 0 && was === null && !isTrained) return;
		const before = was === null ? side.none : sideBefore[was];
		const isTakenBack = was === 'train' && reshuffle && !isTrained && stratum > 0;
		rows.groups.push(prompts.indexOf(prompt));
		rows.places.push(place);
		rows.strata.push(stratum);
		rows.sides.push(isTakenBack ? side.none : before);
		rows.before.push(before);
		rows.trained.push(Number(isTrained));
		rows.lines.push(line);
		rows.open.push(Number(hasOpenEnd));
	};
	const stretch = { file: examplesIn(project), threshold, seed, readsAll: trained.size() > 0 };
	await scanInTwo(stretch, program, add, unreadable.add);
	const columns = Object.fromEntries(Object.entries(rows).map(([name, { all }]) => [name, all()])) as unknown as Omit<
		Rows,
		'isCompared' | 'parted'
	>;
	const isCompared = prompts.size() <= mostCompared;
	const groups = isCompared ? together(columns, sayingsIn(project, columns)) : columns.groups;
	return { ...columns, ...parted({ ...columns, groups }), groups, isCompared };
};

/**
 * Their sides, as they are dealt with: what stands in train beside a twin in validation follows it, unless one of them was learnt. As in
 * the app. And how many those are.
 */
const parted = ({ groups, sides, strata, trained }: Dealt): Pick<Rows, 'sides' | 'parted'> => {
	const [measured, learnt] = [new Set<number>(), new Set<number>()];
	for (let at = 0; at < groups.length; at++) {
		if (sides[at] === side.validation) measured.add(groups[at]!);
		if (trained[at]) learnt.add(groups[at]!);
	}
	const own = Uint8Array.from(sides);
	let count = 0;
	for (let at = 0; at < groups.length && measured.size > 0; at++) {
		if (own[at] !== side.train || strata[at] === 0) continue;
		if (!measured.has(groups[at]!) || learnt.has(groups[at]!)) continue;
		own[at] = side.none;
		count++;
	}
	return { sides: own, parted: count };
};

/** What the first example of each group says. */
const sayingsIn = (project: Project, { groups, lines }: Pick<Rows, 'groups' | 'lines'>): Sayings[] => {
	const sayings: Sayings[] = [];
	let row = 0;
	eachLine(examplesIn(project), (bytes, line) => {
		if (line !== lines[row]) return;
		const read = groups[row++] === sayings.length ? readExample(bytes, line) : null;
		if (read && !isUnreadable(read)) sayings.push(sayingsOf(read.messages));
	});
	return sayings;
};

/** The group of each row by its family: what nearly asks the same goes to one side together. */
const together = ({ groups }: Pick<Rows, 'groups'>, sayings: readonly Sayings[]): Int32Array => {
	const families = familiesOf(sayings);
	const numbers = new Map<number, number>();
	return Int32Array.from(groups, (group) => {
		const family = families[group]!;
		const number = numbers.get(family) ?? numbers.size;
		numbers.set(family, number);
		return number;
	});
};

/** Beside the number of a side: it is written behind everything else. */
const isOpen = 4;

/** For every line of the file the side that is written to it, or `none`. */
const movesIn = ({ lines, before, open }: Rows, { to }: Decided) => {
	const sideOf = new Uint8Array((lines[lines.length - 1] ?? 0) + 1);
	let [count, conflicts] = [0, 0];
	for (let at = 0; at < lines.length; at++) {
		const next = to[at]!;
		if (next === side.conflict) conflicts++;
		else if (next !== side.none && next !== before[at]) {
			sideOf[lines[at]!] = next + (open[at] ? isOpen : 0);
			count++;
		}
	}
	return { sideOf, count, conflicts };
};

const closings = { train: Buffer.from(',"split":"train"}'), val: Buffer.from(',"split":"val"}') };
const ends = { '\n': Buffer.from('\n'), '\r\n': Buffer.from('\r\n'), '': Buffer.alloc(0) };

/** Writes a line with its side beside everything else, which stays as it is written. */
const putSide = (move: number, ...[written, buffer, from, to, line, end]: Parameters<Put>): void => {
	const where = (move & ~isOpen) === side.validation ? 'val' : 'train';
	if (move & isOpen) {
		written.copy(buffer, from, to - 1);
		written.copy(closings[where], 0, closings[where].length);
	} else {
		const bytes = buffer.toString('latin1', from, to);
		const plainly = withFields(bytes, { split: `"${where}"` });
		const read = plainly === null ? readExample(bytes, line) : null;
		written.bytes(plainly ?? (read && !isUnreadable(read) ? editedLine(read, { split: where }) : bytes));
	}
	written.copy(ends[end], 0, ends[end].length);
};

/** How many different questions the good examples ask. */
const questionsIn = ({ groups, strata }: Rows): number => {
	const isAsked = new Uint8Array(groups.length);
	for (let at = 0; at < groups.length; at++) if (strata[at] !== 0) isAsked[groups[at]!] = 1;
	return isAsked.reduce((sum, one) => sum + one, 0);
};

const show = (
	say: Say,
	plan: ReturnType<typeof summaryOf>,
	{
		conflicts,
		parted,
		isCompared,
		questions,
		threshold
	}: Record<'conflicts' | 'questions' | 'threshold', number> & Pick<Rows, 'parted' | 'isCompared'>
) => {
	if (plan.qualified === 0) return say.text(`No example is good enough yet: ait rate gives ${threshold} or better.`);
	say.line(plan.sentence);
	say.line();
	say.line(say.paint('dim', 'rating   good   validation'));
	for (const { rating, qualified, validation } of plan.byRating)
		say.line(`${String(rating).padStart(6)} ${String(qualified).padStart(6)} ${String(validation).padStart(12)}`);
	say.line();
	say.line(`Then ${figure(plan.train)} in train, ${figure(plan.validation)} in validation.`);
	if (questions * 2 <= plan.qualified)
		say.text(
			`They ask ${questions === 1 ? 'one question' : `${figure(questions)} questions`} again and again, or nearly: what asks the same stands on one side.`
		);
	if (parted > 0) say.text(`${figure(parted)} of train belong to validation, which asks the same, or nearly.`);
	if (conflicts > 0)
		say.text(`${conflicts} left alone: what they ask, or nearly, was trained on and is in validation too.`);
	if (!isCompared)
		say.text(
			`What nearly asks the same was not looked for among more than ${figure(mostCompared)} prompts. The app does that, for up to 100,000.`
		);
	say.text(whatValidationProves(plan.validation));
};

export const deed: Deed<typeof split> = ({ io, say, flags }) =>
	writing(io, say, 'split', async (project) => {
		const { ratio, seed, reshuffle } = flags;
		const unreadable = gatherUnreadable();
		const rows = await rowsOf(io, project, { seed, reshuffle }, unreadable);
		const decided = deal(rows, 1 - ratio);
		const { sideOf, count, conflicts } = movesIn(rows, decided);
		const plan = summaryOf(rows, decided);
		const threshold = project.config.qualityThreshold;
		show(say, plan, { ...rows, conflicts, questions: questionsIn(rows), threshold });
		const isWritten = count > 0 && !flags['dry-run'];
		if (isWritten && reshuffle) {
			const question = `${count} change their place. Deal train out anew?`;
			if (!(await agreed(io, say, question, { yes: flags.yes, mend: 'ait split --reshuffle --yes' })))
				throw new Failure('Everything stays where it is.');
		}
		if (isWritten)
			rewriteSpans(examplesFile(project), (written, buffer, from, to, number, end, skipped) => {
				const move = sideOf[number] ?? side.none;
				if (move !== side.none) putSide(move, written, buffer, from, to, number, end, skipped);
				return move !== side.none;
			});
		if (isWritten) say.aside('Done. Next: ait train, or ait format for the files alone');
		else if (count > 0) say.aside('Nothing was moved: ait split moves it.');
		const { qualified, train, validation, byRating } = plan;
		say.json({
			moved: isWritten ? count : 0,
			wouldMove: count,
			qualified,
			train,
			validation,
			conflicts,
			parted: rows.parted,
			byRating,
			ratio,
			seed
		});
		return unreadable.tell(say);
	});
