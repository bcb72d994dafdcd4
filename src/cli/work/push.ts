import type { push } from '../commands/push.ts';
import type { Deed } from '../deed.ts';
import { exitCodes } from '../exit-codes.ts';
import { examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { Refused } from '../remote/ask.ts';
import { linkOf } from '../remote/link.ts';
import { openServer } from '../remote/logins.ts';
import { calledHere, eachOfMine, promptOf } from '../remote/mine.ts';
import { type Opinion, opinionOf, sendOpinion } from '../remote/opinions.ts';
import { sendLines } from '../remote/sending.ts';
import { type Base, openSynced } from '../remote/synced.ts';
import { type Theirs, eachOfTheirs } from '../remote/theirs.ts';
import { short } from '../terminal/plain.ts';
import { progressOn } from '../terminal/progress.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Conflict = { id: string | null; line: number; message: string };
type New = { hash: number; line: number; base: Base };

const countKey = { rating: 'ratings', rewrite: 'rewrites', undo: 'undone' } as const;

export const deed: Deed<typeof push> = ({ io, say, flags }) =>
	writing(io, say, 'push', async (project) => {
		const link = linkOf(project);
		const server = openServer(io, link.server);
		const synced = openSynced(project, link, server);
		const unreadable = gatherUnreadable();
		const there = new Map<number, Theirs>();
		await eachOfTheirs(server, link, io, promptOf(project), (hash, theirs) => void there.set(hash, theirs));

		const result = { sent: 0, known: 0, refused: 0, ratings: 0, rewrites: 0, undone: 0, deletedThere: 0 };
		const conflicts: Conflict[] = [];
		const fresh: New[] = [];
		const opinions: Opinion[] = [];
		eachOfMine(
			project,
			(hash, { id, line, rating, rewrite }, text) => {
				const theirs = there.get(hash);
				const known = synced.get(hash);
				if (!theirs) {
					if (known && !known.isSending && !flags.all) result.deletedThere++;
					else fresh.push({ hash, line, base: { rating, text, own: rating, acts: known?.acts ?? 0 } });
					return;
				}
				const mine = { id, line, rating, rewrite, text };
				const kind = opinionOf(mine, theirs, known);
				if (kind === 'conflict')
					conflicts.push({
						id,
						line,
						message:
							theirs.rewrite === null
								? 'its rewrite was taken back there meanwhile'
								: `there it was rewritten meanwhile: "${short(theirs.rewrite, 40)}"`
					});
				else if (kind) opinions.push({ kind, hash, mine, theirs });
			},
			unreadable.add
		);

		const isDry = flags['dry-run'];
		if (isDry) {
			result.sent = fresh.length;
			for (const { kind } of opinions) result[countKey[kind]]++;
		} else {
			try {
				await sendNew();
				await sendOpinions();
			} finally {
				synced.save();
			}
		}

		async function sendNew() {
			if (fresh.length === 0) return;
			// should the answer get lost, what is there tells what has arrived
			for (const { hash, base } of fresh) synced.set(hash, { ...base, isSending: true });
			synced.save();
			const progress = progressOn(io, 'Sending', { total: fresh.length, quiet: flags.quiet });
			const wanted = new Set(fresh.map(({ line }) => line));
			try {
				const answer = await sendLines(server, link, examplesFile(project), wanted, io, progress.at);
				Object.assign(result, {
					sent: answer.added,
					known: answer.duplicates,
					refused: answer.refused + answer.notRead
				});
				for (const { reason } of answer.refusals.slice(0, 3)) say.warn(`ait: refused there: ${reason}`);
			} finally {
				progress.end();
			}
			if (result.refused === 0) for (const { hash, base } of fresh) synced.set(hash, base);
		}

		async function sendOpinions() {
			const progress = progressOn(io, 'Rating', { total: opinions.length, quiet: flags.quiet });
			try {
				for (const [at, opinion] of opinions.entries()) {
					try {
						synced.put(opinion.hash, await sendOpinion(server, link, opinion, synced.get(opinion.hash), io));
						result[countKey[opinion.kind]]++;
					} catch (problem) {
						if (!(problem instanceof Refused) || !['changed', 'conflict', 'not_found'].includes(problem.code))
							throw problem;
						const { id, line } = opinion.mine;
						conflicts.push({ id, line, message: problem.message });
					}
					progress.at(at + 1);
				}
			} finally {
				progress.end();
			}
		}

		const { sent, known, refused, ratings, rewrites, undone, deletedThere } = result;
		say.text(
			`${isDry ? 'Would send' : 'Sent'} ${sent} new, ${ratings} ratings and ${rewrites + undone} rewrites to ${link.project.name}.`
		);
		if (known > 0) say.line(`${known} were there already.`);
		if (refused > 0) say.line(`${refused} were refused there.`);
		if (deletedThere > 0)
			say.line(`${deletedThere} were deleted there and stay here: ait push --all sends them again.`);
		for (const conflict of conflicts.slice(0, 10)) say.warn(`ait: ${calledHere(conflict)}: ${conflict.message}`);
		if (conflicts.length > 0) say.warn('     Try: ait pull --prefer here, or --prefer there; then ait push');
		say.json({ ...result, dryRun: isDry, conflicts, unreadable: unreadable.count() });
		const ended = unreadable.tell(say);
		return conflicts.length > 0 || refused > 0 ? exitCodes.failed.code : ended;
	});
