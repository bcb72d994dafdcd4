import type { Unreadable } from '../files/examples.ts';
import type { Project } from '../files/project.ts';
import { short } from '../terminal/plain.ts';
import { eachOfMine } from './mine.ts';
import { type Opinion, opinionOf } from './opinions.ts';
import type { Base, Synced } from './synced.ts';
import type { Theirs } from './theirs.ts';

export type Conflict = { id: string | null; line: number; message: string };

/** What a push would send. */
export type Plan = {
	/** Examples that are not there, by their lines, and what both know of them when they have arrived. */
	fresh: { hash: number; line: number; length: number; base: Base }[];
	opinions: Opinion[];
	conflicts: Conflict[];
	/** They were there once, and somebody has deleted them. */
	deletedThere: number;
};

const rewrittenThere = ({ rewrite }: Theirs) =>
	rewrite === null
		? 'its rewrite was taken back there meanwhile'
		: `there it was rewritten meanwhile: "${short(rewrite, 40)}"`;

/** Compares the file here with what is there. `again`: also sends what was deleted there. */
export const planPush = (
	project: Project,
	there: ReadonlyMap<number, Theirs>,
	synced: Synced,
	{ again, unreadable }: { again: boolean; unreadable: (line: Unreadable) => void }
): Plan => {
	const plan: Plan = { fresh: [], opinions: [], conflicts: [], deletedThere: 0 };
	eachOfMine(
		project,
		(hash, { id, line, length, rating, rewrite, text }) => {
			const theirs = there.get(hash);
			const known = synced.get(hash);
			if (!theirs) {
				if (known && !known.isSending && !again) plan.deletedThere++;
				else plan.fresh.push({ hash, line, length, base: { rating, text, own: rating, acts: known?.acts ?? 0 } });
				return;
			}
			const mine = { id, line, rating, rewrite, text };
			const kind = opinionOf(mine, theirs, known);
			if (kind === 'conflict') plan.conflicts.push({ id, line, message: rewrittenThere(theirs) });
			else if (kind) plan.opinions.push({ kind, hash, mine, theirs });
		},
		unreadable
	);
	return plan;
};

/** So much goes in one request, in characters: the servers have a limit, and so has what stands before them. */
const mostAtOnce = 1 << 25;

/** New examples in the parts in which they are sent, each known to have arrived before the next. */
export const partsOf = (fresh: Plan['fresh'], most = mostAtOnce): Plan['fresh'][] => {
	const parts: Plan['fresh'][] = [];
	let length = Infinity;
	for (const each of fresh) {
		if (length + each.length > most) {
			parts.push([]);
			length = 0;
		}
		parts.at(-1)!.push(each);
		length += each.length;
	}
	return parts;
};
