import { figure } from '../../lib/core/text/figure.ts';
import type { push } from '../commands/push.ts';
import type { Deed } from '../deed.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { writing } from '../files/session.ts';
import { Refused } from '../remote/ask.ts';
import { type Link, linkOf } from '../remote/link.ts';
import { type Server, openServer } from '../remote/logins.ts';
import { calledHere, promptOf } from '../remote/mine.ts';
import { sendOpinion } from '../remote/opinions.ts';
import { type Conflict, type Plan, partsOf, planPush } from '../remote/plan.ts';
import { openLines, sendLines } from '../remote/sending.ts';
import { type Synced, openSynced } from '../remote/synced.ts';
import { type Theirs, eachOfTheirs } from '../remote/theirs.ts';
import type { Io } from '../terminal/io.ts';
import { counted } from '../terminal/counted.ts';
import { progressOn } from '../terminal/progress.ts';
import type { Say } from '../terminal/say.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Place = { io: Io; say: Say; project: Project; link: Link; server: Server; synced: Synced; quiet: boolean };

/** Of one example it was refused: somebody was quicker. The others go on. */
const mayGoOn = ['changed', 'conflict', 'not_found'];

const names = { rating: 'ratings', rewrite: 'rewrites', undo: 'undone' } as const;
const opinionsOf = (opinions: Plan['opinions']) => {
	const count = { ratings: 0, rewrites: 0, undone: 0 };
	for (const { kind } of opinions) count[names[kind]]++;
	return count;
};

const sendNew = async ({ io, say, project, link, server, synced, quiet }: Place, fresh: Plan['fresh']) => {
	if (fresh.length === 0) return { sent: 0, known: 0, refused: 0 };
	// should the answer get lost, what is there tells what has arrived
	for (const { hash, base } of fresh) synced.set(hash, { ...base, isSending: true });
	synced.save();
	const progress = progressOn(io, 'Sending', { total: fresh.length, quiet });
	const told = { sent: 0, known: 0, refused: 0 };
	const lines = openLines(examplesFile(project));
	let before = 0;
	try {
		for (const part of partsOf(fresh)) {
			const wanted = part.map(({ line }) => line);
			const answer = await sendLines(
				server,
				link,
				lines.with(wanted, (count) => progress.at(before + count)),
				io
			);
			before += part.length;
			const refused = answer.refused + answer.notRead;
			for (const { reason } of answer.refusals.slice(0, 3)) say.warn(`ait: refused there: ${reason}`);
			if (refused === 0) for (const { hash, base } of part) synced.set(hash, base);
			told.sent += answer.added;
			told.known += answer.duplicates;
			told.refused += refused;
		}
	} finally {
		lines.close();
		progress.end();
	}
	return told;
};

const sendOpinions = async (place: Place, opinions: Plan['opinions'], conflicts: Conflict[]) => {
	const { io, link, server, synced, quiet } = place;
	const progress = progressOn(io, 'Rating', { total: opinions.length, quiet });
	const arrived: Plan['opinions'] = [];
	try {
		for (const [at, opinion] of opinions.entries()) {
			try {
				synced.put(opinion.hash, await sendOpinion(server, link, opinion, synced.get(opinion.hash), io));
				arrived.push(opinion);
			} catch (problem) {
				if (!(problem instanceof Refused) || !mayGoOn.includes(problem.code)) throw problem;
				const { id, line } = opinion.mine;
				conflicts.push({ id, line, message: problem.message });
			}
			progress.at(at + 1);
		}
	} finally {
		progress.end();
	}
	return opinionsOf(arrived);
};

export const deed: Deed<typeof push> = ({ io, say, flags }) =>
	writing(io, say, 'push', async (project) => {
		const link = linkOf(project);
		const server = openServer(io, link.server);
		const synced = openSynced(project, link, server);
		const unreadable = gatherUnreadable();
		const there = new Map<number, Theirs>();
		await eachOfTheirs(server, link, io, promptOf(project), (hash, theirs) => void there.set(hash, theirs));
		const plan = planPush(project, there, synced, { again: flags.all, unreadable: unreadable.add });
		const { fresh, opinions, conflicts, deletedThere } = plan;

		const isDry = flags['dry-run'];
		let result = { sent: fresh.length, known: 0, refused: 0, ...opinionsOf(opinions), deletedThere };
		if (!isDry)
			try {
				const place = { io, say, project, link, server, synced, quiet: flags.quiet };
				result = { ...result, ...(await sendNew(place, fresh)), ...(await sendOpinions(place, opinions, conflicts)) };
			} finally {
				synced.save();
			}

		const { sent, known, refused, ratings, rewrites, undone } = result;
		say.text(
			`${isDry ? 'Would send' : 'Sent'} ${figure(sent)} new, ${counted(ratings, 'rating')} and ${counted(rewrites + undone, 'rewrite')} to ${link.project.name}.`
		);
		if (known > 0) say.line(`${figure(known)} were there already.`);
		if (refused > 0) say.line(`${figure(refused)} were refused there.`);
		if (deletedThere > 0)
			say.line(`${deletedThere} were deleted there and stay here: ait push --all sends them again.`);
		for (const conflict of conflicts.slice(0, 10)) say.warn(`ait: ${calledHere(conflict)}: ${conflict.message}`);
		if (conflicts.length > 10) say.warn(`     and ${figure(conflicts.length - 10)} more like these`);
		if (conflicts.length > 0) say.warn('     Try: ait pull --prefer here, or --prefer there; then ait push');
		say.json({ ...result, dryRun: isDry, conflicts, unreadable: unreadable.count() });
		const ended = unreadable.tell(say);
		return conflicts.length > 0 || refused > 0 ? exitCodes.failed.code : ended;
	});
