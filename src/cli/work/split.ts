import { type SplitPlan, type Splittable, planSplit, whatValidationProves } from '../../lib/core/splits/plan.ts';
import { promptText } from '../../lib/core/examples/fingerprint.ts';
import type { split } from '../commands/split.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { type Side, editedLine, examplesIn, isBlankLine, isUnreadable, readExample } from '../files/examples.ts';
import { tailOf, withFields } from '../files/fields.ts';
import { promptHash, promptNumber, saidHash } from '../files/hashes.ts';
import { eachLine, rewriteLines } from '../files/lines.ts';
import { quickExample } from '../files/quick.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { trainedPrompts } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { agreed } from '../terminal/ask.ts';
import type { Say } from '../terminal/say.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Row = Splittable & { line: number; was: Side | null };

/**
 * What the plan has to know: good examples, and whatever stands on a side or was learnt from. Known by what they say, as in the
 * app: several may say the same, and then go the same way.
 */
const rowsOf = (project: Project, isReshuffled: boolean, unreadable: ReturnType<typeof gatherUnreadable>): Row[] => {
	const trained = trainedPrompts(project);
	const threshold = project.config.qualityThreshold;
	const rows: Row[] = [];
	eachLine(examplesIn(project), (bytes, line) => {
		const tail = trained.size() === 0 ? tailOf(bytes) : null;
		if (tail && tail.split === null && (tail.rating === null || tail.rating < threshold)) return;
		if (isBlankLine(bytes)) return;
		const read = quickExample(bytes) ?? readExample(bytes, line);
		if (isUnreadable(read)) return unreadable.add(read);
		const { messages, rating, split: was } = read;
		const isTrained = trained.size() > 0 && trained.has(promptNumber(messages));
		if ((rating === null || rating < threshold) && was === null && !isTrained) return;
		const prompt = promptText(messages);
		const side = was === 'val' ? 'validation' : was === 'train' && isReshuffled && !isTrained ? 'unassigned' : was;
		rows.push({
			id: saidHash(messages, prompt),
			group: promptHash(messages, prompt),
			rating,
			split: side ?? 'unassigned',
			trained: isTrained,
			line,
			was
		});
	});
	return rows;
};

/** The lines whose side changes, and to which. */
const movesIn = (rows: readonly Row[], plan: SplitPlan): Map<number, Side | null> => {
	const sides = new Map(plan.moves.map(({ id, to }) => [id, to]));
	const moves = new Map<number, Side | null>();
	for (const { id, line, rating, split: side, was } of rows) {
		if (side !== 'unassigned') continue;
		const to = rating === null ? undefined : sides.get(id);
		const next = to === undefined ? null : to === 'validation' ? 'val' : 'train';
		if (next !== was) moves.set(line, next);
	}
	return moves;
};

/** A side beside everything else, which stays as it is written. */
const withSide = (bytes: string, line: number, side: Side | null): string => {
	const value = side === null ? undefined : `"${side}"`;
	if (tailOf(bytes)?.split === null && value) return `${bytes.slice(0, bytes.lastIndexOf('}'))},"split":${value}}`;
	const plainly = withFields(bytes, { split: value });
	if (plainly !== null) return plainly;
	const read = readExample(bytes, line);
	return isUnreadable(read) ? bytes : editedLine(read, { split: side });
};

const show = (say: Say, plan: SplitPlan) => {
	say.line(plan.sentence);
	say.line();
	say.line(say.paint('dim', 'rating   good   validation'));
	for (const { rating, qualified, validation } of plan.byRating)
		say.line(`${String(rating).padStart(6)} ${String(qualified).padStart(6)} ${String(validation).padStart(12)}`);
	say.line();
	say.line(`Then ${plan.train} in train, ${plan.validation} in validation.`);
	if (plan.conflicts.length > 0)
		say.text(`${plan.conflicts.length} left alone: what they ask was trained on and is in validation too.`);
	say.text(whatValidationProves(plan.validation));
};

export const deed: Deed<typeof split> = ({ io, say, flags }) =>
	writing(io, say, 'split', async (project) => {
		const { ratio, seed, reshuffle } = flags;
		const unreadable = gatherUnreadable();
		const rows = rowsOf(project, reshuffle, unreadable);
		const plan = planSplit({ examples: rows, ratio, seed, threshold: project.config.qualityThreshold });
		const moves = movesIn(rows, plan);
		show(say, plan);
		const isWritten = moves.size > 0 && !flags['dry-run'];
		if (isWritten && reshuffle) {
			const question = `${moves.size} change their place. Deal train out anew?`;
			if (!(await agreed(io, say, question, { yes: flags.yes, mend: 'ait split --reshuffle --yes' })))
				throw new Failure('Everything stays where it is.');
		}
		if (isWritten)
			rewriteLines(examplesFile(project), (bytes, number) => withSide(bytes, number, moves.get(number) ?? null), {
				only: moves
			});
		if (isWritten) say.line('Done. Next: ait train, or ait format for the files alone');
		else if (moves.size > 0) say.line('Nothing was moved: ait split moves it.');
		const { qualified, train, validation, conflicts, byRating } = plan;
		say.json({
			moved: isWritten ? moves.size : 0,
			wouldMove: moves.size,
			qualified,
			train,
			validation,
			conflicts: conflicts.length,
			byRating,
			ratio,
			seed
		});
		return unreadable.tell(say);
	});
