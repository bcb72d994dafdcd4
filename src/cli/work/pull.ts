import { figure } from '../../lib/core/text/figure.ts';
import { othersIn } from '../../lib/core/examples/formats/full.ts';
import type { pull } from '../commands/pull.ts';
import type { Deed } from '../deed.ts';
import { exitCodes } from '../exit-codes.ts';
import { appending, largestId } from '../files/append.ts';
import { type Edit, type Example, type Side, editedLine, newLine, readExample } from '../files/examples.ts';
import { numberSet, promptNumber } from '../files/hashes.ts';
import { rewriteLines } from '../files/lines.ts';
import { examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { linkOf } from '../remote/link.ts';
import { openServer } from '../remote/logins.ts';
import { merged } from '../remote/merge.ts';
import { calledHere, eachOfMine, promptOf } from '../remote/mine.ts';
import { openSynced } from '../remote/synced.ts';
import { eachOfTheirs } from '../remote/theirs.ts';
import { short } from '../terminal/plain.ts';
import { counted } from '../terminal/counted.ts';
import { progressOn } from '../terminal/progress.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Here = Pick<Example, 'id' | 'line' | 'rating' | 'split'> & { text: string };
type Conflict = { id: string | null; line: number; there: string | null };

export const deed: Deed<typeof pull> = ({ io, say, flags }) =>
	writing(io, say, 'pull', async (project) => {
		const link = linkOf(project);
		const server = openServer(io, link.server);
		const synced = openSynced(project, link, server);
		const unreadable = gatherUnreadable();
		const here = new Map<number, Here>();
		const prompts = { train: numberSet(), val: numberSet() };
		eachOfMine(
			project,
			(hash, { id, line, rating, split, text, prompt }) => {
				here.set(hash, { id, line, rating, split, text });
				if (split) prompts[split].add(prompt!);
			},
			unreadable.add
		);
		/** The side it may have: none where its prompt stands on the other one. */
		const sideFor = (side: Side | null, prompt: number): Side | null => {
			if (side === null || prompts[side === 'train' ? 'val' : 'train'].has(prompt)) return null;
			prompts[side].add(prompt);
			return side;
		};

		const result = { added: 0, ratings: 0, rewrites: 0, sides: 0, unsent: 0, removedHere: 0, deletedThere: 0 };
		const conflicts: Conflict[] = [];
		const edits = new Map<number, Edit>();
		const seen = new Set<number>();
		const isDry = flags['dry-run'];
		const to = isDry ? null : appending(project);
		const progress = progressOn(io, 'Reading', { total: null, quiet: flags.quiet });
		let nextId = largestId(examplesFile(project)) + 1;
		try {
			await eachOfTheirs(server, link, io, promptOf(project), (hash, theirs, { messages, source }) => {
				seen.add(hash);
				progress.at(seen.size);
				const mine = here.get(hash);
				const { rating, rewrite, text } = theirs;
				const known = synced.get(hash);
				if (!mine) {
					if (known && !known.isSending && !flags.all) {
						result.removedHere++;
						return;
					}
					const split = sideFor(theirs.split, promptNumber(messages));
					const { others } = othersIn({ source, messages });
					to?.line(newLine(nextId++, { messages, rating, rewrite, split }, io.now(), others));
					result.added++;
					synced.set(hash, { rating, text, server: rating, acts: known?.acts ?? 0 });
					return;
				}
				const { takes, isConflict, isUnsent, base } = merged(mine, theirs, known, flags.prefer);
				const split = mine.split === null ? sideFor(theirs.split, promptNumber(messages)) : null;
				const edit: Edit = {
					...(takes.rating && { rating }),
					...(takes.text && { rewrite }),
					...(split && { split })
				};
				if (takes.rating) result.ratings++;
				if (takes.text) result.rewrites++;
				if (split) result.sides++;
				if (isUnsent) result.unsent++;
				if (isConflict) conflicts.push({ id: mine.id, line: mine.line, there: rewrite });
				if (Object.keys(edit).length > 0) edits.set(mine.line, edit);
				synced.set(hash, base);
			});
		} catch (problem) {
			to?.drop();
			throw problem;
		} finally {
			progress.end();
		}
		for (const [hash, { isSending }] of synced.all())
			if (!isSending && here.has(hash) && !seen.has(hash)) result.deletedThere++;
		to?.done();
		if (!isDry && edits.size > 0)
			rewriteLines(
				examplesFile(project),
				(bytes, number) => editedLine(readExample(bytes, number) as Example, edits.get(number)!),
				{ only: edits }
			);
		if (!isDry) synced.save();

		const { added, ratings, rewrites, sides, unsent, removedHere, deletedThere } = result;
		say.text(
			`${isDry ? 'Would bring' : 'Brought'} ${figure(added)} new, ${counted(ratings, 'rating')}, ${counted(rewrites, 'rewrite')} and ${counted(sides, 'side')} of the split from ${link.project.name}.`
		);
		if (unsent > 0) say.line(`${unsent} changed here and not sent yet: ait push`);
		if (removedHere > 0) say.line(`${removedHere} removed here stay away: ait pull --all brings them back.`);
		if (deletedThere > 0) say.line(`${deletedThere} deleted there stay here.`);
		for (const conflict of conflicts.slice(0, 10)) {
			const theirs = conflict.there === null ? 'took the rewrite back' : `wrote "${short(conflict.there, 50)}"`;
			say.warn(`ait: ${calledHere(conflict)} was rewritten here, and there somebody ${theirs}.`);
		}
		if (conflicts.length > 10) say.warn(`     and ${figure(conflicts.length - 10)} more like these`);
		if (conflicts.length > 0)
			say.warn('     Try: ait pull --prefer here, or --prefer there; ait show shows what is here');
		say.json({ ...result, dryRun: isDry, conflicts, unreadable: unreadable.count() });
		const ended = unreadable.tell(say);
		return conflicts.length > 0 ? exitCodes.failed.code : ended;
	});
