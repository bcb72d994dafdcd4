import { desc, eq, sql } from 'drizzle-orm';
import { RateExample, RewriteExample, UndoRewrite } from '../../contract/ratings.ts';
import { AppError, Changed } from '../../core/errors.ts';
import { targetOf } from '../../core/examples/example.ts';
import { command } from '../access/operation.ts';
import { markOf } from '../access/own-scores.ts';
import type { Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { exampleOf } from '../examples/rows.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { examples, ratings, rewrites } from '../platform/db/schema.ts';
import { cardOf, hasStood, ownScore, scoreBefore } from './rows.ts';

/** Without its text it is of the one that stands (drizzle/functions/ratings.sql). */
const addRating = prepared((db) =>
	db
		.insert(ratings)
		.values({
			projectId: sql.placeholder('projectId'),
			exampleId: sql.placeholder('exampleId'),
			personId: sql.placeholder('personId'),
			score: sql.placeholder('score'),
			text: sql.placeholder('text'),
			clientId: sql.placeholder('clientId')
		})
		.onConflictDoNothing()
		.prepare('rate')
);

const decidedMeanwhile = (number: number, score: number | null) =>
	score === null
		? `Your score of example ${number} was taken back meanwhile.`
		: `You gave example ${number} a ${score} meanwhile.`;

/**
 * Appends this voter's score of one example; null takes it back (undo). It counts for the text that was read (`text`), so
 * that a rewrite on its way here is not rated unread. Which of their scores counts, core/ratings/counting.ts says; a script's stands beside what people gave. The same
 * `clientId` twice counts once. Answers with what is now this voter's score. Throws *changed*, and writes nothing, when that was not
 * what they `saw`.
 */
export const rateExample = command(RateExample, (scope, { exampleId, score, text, saw, clientId }) =>
	scope.tx(async (tx) => {
		const projectId = scope.project.id;
		const { id, number, rewrite } = await exampleOf(tx, projectId, exampleId);
		const mark = text === undefined ? undefined : Buffer.from(text, 'hex');
		if (mark && !(await hasStood(tx, id, mark)))
			throw new AppError('invalid', 'This example has never had the text you rated. Open it again.', 'text');
		if (saw !== undefined) {
			const before = await scoreBefore(tx, id, mark ?? markOf(rewrite), clientId);
			if (before && before.score !== saw)
				throw new Changed(decidedMeanwhile(number, before.score), 'saw', before.score);
		}
		const sent = [
			addRating(tx, { projectId, exampleId: id, personId: scope.voterId, score, text: mark ?? null, clientId }),
			record(tx, scope, { event: 'example.rated', subject: id, projectId, details: { number } }),
			ownScore(tx, id)
		] as const;
		tx.last();
		const [, , own] = await Promise.all(sent);
		return { id, score: own };
	})
);

/** A step: refuses to write over a text that nobody here has read. Whoever else says what they read waits for us. */
const refuseUnread = async (tx: Tx, id: string, text: string, clientId: string) => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${id}, 12))`);
	const [now] = await tx
		.select({ rewrite: examples.rewrite, messages: examples.messages, number: examples.number })
		.from(examples)
		.where(eq(examples.id, id));
	if (markOf(now!.rewrite).toString('hex') === text) return;
	if ((await tx.$count(rewrites, eq(rewrites.clientId, clientId))) > 0) return; // it is sent again
	throw new Changed(`Somebody has rewritten example ${now!.number} meanwhile.`, 'text', targetOf(now!));
};

/**
 * Appends a better output, which trains from now on, and the score its writer gives it: the only one it has, since those before
 * were given for another text. Sent twice, it counts once. Throws *changed* when another text stands than was read (`text`).
 */
export const rewriteExample = command(RewriteExample, (scope, { exampleId, output, text, score, clientId }) =>
	scope.tx(async (tx) => {
		const projectId = scope.project.id;
		const { id, number } = await exampleOf(tx, projectId, exampleId);
		if (text !== undefined) await refuseUnread(tx, id, text, clientId);
		const row = { projectId, exampleId: id, personId: scope.voterId!, clientId };
		await tx
			.insert(rewrites)
			.values({ ...row, output })
			.onConflictDoNothing();
		await tx
			.insert(ratings)
			.values({ ...row, score, text: markOf(output) })
			.onConflictDoNothing();
		await record(tx, scope, { event: 'example.rewritten', subject: id, projectId, details: { number } });
		return cardOf(await exampleOf(tx, projectId, id), await ownScore(tx, id));
	})
);

/**
 * Takes one of the voter's rewrites back, named by the `clientId` it was sent with, or the newest: the one before it counts again, or the
 * original, and with it the scores that were given for that. Throws *conflict* when somebody has rewritten it since.
 */
export const undoRewrite = command(UndoRewrite, (scope, { exampleId, rewrite, clientId }) =>
	scope.tx(async (tx) => {
		const projectId = scope.project.id;
		const example = await exampleOf(tx, projectId, exampleId);
		const { id, number } = example;
		const history = await tx
			.select({ clientId: rewrites.clientId, personId: rewrites.personId, output: rewrites.output })
			.from(rewrites)
			.where(eq(rewrites.exampleId, id))
			.orderBy(desc(rewrites.seq));
		// this undo may have been sent before: what it takes back lies behind it
		const at = history.findIndex((one) =>
			rewrite === undefined ? one.clientId !== clientId : one.clientId === rewrite
		);
		const found = history[at];
		if (!found || found.personId !== scope.voterId || found.output === null)
			throw new AppError('not_found', 'There is no such rewrite of yours.');
		if (!history.some((one) => one.clientId === clientId)) {
			if (found.output !== example.rewrite) {
				throw new AppError('conflict', `Example ${number} has been rewritten since; that stays.`);
			}
			const output = history[at + 1]?.output ?? null;
			await tx.insert(rewrites).values({ projectId, exampleId: id, personId: scope.voterId!, output, clientId });
			await record(tx, scope, { event: 'rewrite.undone', subject: id, projectId, details: { number } });
		}
		return cardOf(await exampleOf(tx, projectId, id), await ownScore(tx, id));
	})
);
