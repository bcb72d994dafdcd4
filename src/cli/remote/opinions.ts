import { createHash } from 'node:crypto';
import { RateExample, RewriteExample, UndoRewrite } from '../../lib/contract/ratings.ts';
import type { Example } from '../files/examples.ts';
import type { Io } from '../terminal/io.ts';
import { Refused } from './ask.ts';
import { call } from './call.ts';
import type { Link } from './link.ts';
import type { Server } from './logins.ts';
import { type Stand, changes } from './merge.ts';
import type { Base } from './synced.ts';
import type { Theirs } from './theirs.ts';

export type Mine = Stand & Pick<Example, 'id' | 'line' | 'rewrite'>;
export type Opinion = { kind: 'rating' | 'rewrite' | 'undo'; hash: number; mine: Mine; theirs: Theirs };

/** A person who writes a better answer and gives it no score thinks it good, as on the page. */
const scoreOfRewrite = 9;

/** What was decided here about an example that is there, and not sent yet; or that both wrote another answer. */
export const opinionOf = (
	mine: Stand,
	theirs: Stand & Pick<Theirs, 'rewrite'>,
	base: Base | undefined
): 'rating' | 'rewrite' | 'undo' | 'conflict' | null => {
	const { rating, text } = changes(mine, theirs, base);
	if (text.here && mine.text !== theirs.text) {
		if (text.there) return 'conflict';
		return mine.text === '' ? 'undo' : 'rewrite';
	}
	return rating.here ? 'rating' : null;
};

/** The same act has the same name when it is sent again, and no other has it. */
const nameOf = ({ project }: Link, { kind, hash, mine }: Opinion, { acts }: Base): string =>
	createHash('sha256')
		.update(JSON.stringify([project.id, kind, hash, mine.rating, mine.text, acts]))
		.digest('hex');

/**
 * Our own score there as it was last known. Where it is not, and somebody has rated since, it may have been us in the browser: then
 * we say that we saw none, and are told.
 */
const sawOf = ({ own, server }: Base, { rating }: Theirs): { saw?: number | null } => {
	if (own !== undefined) return { saw: own };
	return server === undefined ? (rating === null ? {} : { saw: null }) : server === rating ? {} : { saw: null };
};

/** Sends it as whoever is logged in, and gives what both know then. Throws *refused*, *changed* among others. */
export const sendOpinion = async (
	server: Server,
	link: Link,
	opinion: Opinion,
	known: Base | undefined,
	io: Pick<Io, 'signal'>
): Promise<Base> => {
	const { kind, mine, theirs } = opinion;
	const base: Base = known ?? { rating: null, text: '', acts: 0 };
	const given = { project: link.project.slug, exampleId: theirs.id };
	const as = nameOf(link, opinion, base);
	const next: Base = { ...base, text: mine.text, acts: base.acts + 1 };
	delete next.isSending;
	if (kind === 'rewrite') {
		const score = mine.rating ?? scoreOfRewrite;
		await call(server, RewriteExample, { ...given, output: mine.rewrite, text: theirs.text, score }, io, { as });
		return { ...next, rating: mine.rating, own: score };
	}
	if (kind === 'undo') {
		await call(server, UndoRewrite, given, io, { as });
		// what counts again of the text before, the server knows
		delete next.own;
		return next;
	}
	const rate = (saw: { saw?: number | null }, name: string) =>
		call(server, RateExample, { ...given, score: mine.rating, text: mine.text, ...saw }, io, { as: name });
	try {
		await rate(sawOf(base, theirs), as);
	} catch (problem) {
		if (!(problem instanceof Refused) || problem.code !== 'changed') throw problem;
		// what was given in the browser may be the same: then both agree, and if not, this is refused too
		await rate({ saw: mine.rating }, `${as}-same`);
	}
	return { ...next, rating: mine.rating, own: mine.rating };
};
