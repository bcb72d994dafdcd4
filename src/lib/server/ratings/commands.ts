import { desc, eq, sql } from 'drizzle-orm';
import { RateExample, RewriteExample, UndoRewrite } from '../../contract/ratings.ts';
import { AppError, Changed } from '../../core/errors.ts';
import { targetOf } from '../../core/examples/example.ts';
import { command } from '../access/operation.ts';
import { markOf } from '../access/own-scores.ts';
import type { Tx } from '../access/scope.ts';
import { deed } from '../events/deed.ts';
import { record } from '../events/record.ts';
import { exampleOf, noExample } from '../examples/rows.ts';
import { refusing } from '../platform/db/transaction.ts';
import { examples, ratings, rewrites } from '../platform/db/schema.ts';
import { cardOf, ownScore } from './rows.ts';

const addRating = deed<{ own: number | null }>('example.rated', 'rate_example', 7);

const decidedMeanwhile = (number: number, score: number | null) =>
	score === null
		? `Your score of example ${number} was taken back meanwhile.`
		: `You gave example ${number} a ${score} meanwhile.`;

/** What `rate_example` raises, as sentences. */
const refusedRating = refusing({
	AI040: noExample,
	AI041: () => new AppError('invalid', 'This example has never had the text you rated. Open it again.', 'text'),
	AI042: ({ number, now }: { number: number; now: number | null }) =>
		new Changed(decidedMeanwhile(number, now), 'saw', now)
});

/**
 * Appends this voter's score of one example; null takes it back (undo). It counts for the text that was read (`text`), so
 * that a rewrite on its way here is not rated unread. Which of their scores counts, core/ratings/counting.ts says; a script's stands beside what people gave. The same
 * `clientId` twice counts once. Answers with what is now this voter's score. Throws *changed*, and writes nothing, when that was not
 * what they `saw`.
 */
export const rateExample = command(RateExample, async (scope, { exampleId, score, text, saw, clientId }) => {
	const projectId = scope.project.id;
	const mark = text === undefined ? null : Buffer.from(text, 'hex');
	const values = [projectId, exampleId, score, mark, saw !== undefined, saw ?? null, clientId];
	const { own } = await addRating(scope, { subject: exampleId, projectId }, values).catch(refusedRating);
	return { id: exampleId, score: own };
});

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
