import { and, eq, sql } from 'drizzle-orm';
import type { Card } from '../../contract/ratings.ts';
import { targetOf } from '../../core/examples/example.ts';
import { counting, markOf, ownScores } from '../access/own-scores.ts';
import type { Tx } from '../access/scope.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { examples, rewrites } from '../platform/db/schema.ts';
import type { Example } from '../examples/rows.ts';

const scoreOf = prepared((db) =>
	db
		.select({ score: ownScores })
		.from(examples)
		.where(eq(examples.id, sql.placeholder('id')))
		.prepare('own score')
);

/** A step: what is now the acting voter's score of one example. */
export const ownScore = async (tx: Tx, exampleId: string): Promise<number | null> =>
	(await scoreOf(tx, { id: exampleId }))[0]?.score ?? null;

/** A step: whether this text has ever stood on the example; the original answer always has. */
export const hasStood = async (tx: Tx, exampleId: string, mark: Buffer): Promise<boolean> => {
	if (mark.length === 0) return true;
	const isIt = and(eq(rewrites.exampleId, exampleId), sql`text_mark(${rewrites.output}) = ${mark}`);
	return (await tx.$count(rewrites, isIt)) > 0;
};

/**
 * A step: what counts of the acting voter's scores of this text, when nothing they send elsewhere can come between. null when the
 * rating `clientId` is among them already: it is sent again, and saw what was there before itself.
 */
export const scoreBefore = async (tx: Tx, exampleId: string, mark: Buffer, clientId: string) => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${exampleId}, 11))`);
	const [found] = await tx
		.select({ score: counting, isSent: sql<boolean | null>`bool_or(r.client_id = ${clientId})` })
		.from(sql`ratings r`)
		.where(sql`r.example_id = ${exampleId} and r.person_id = app_voter() and r.text = ${mark}`);
	return found!.isSent ? null : { score: found!.score };
};

export const cardOf = (example: Example, ownScore: number | null): Card => ({
	id: example.id,
	number: example.number,
	messages: example.messages,
	output: targetOf(example),
	text: markOf(example.rewrite).toString('hex'),
	rewritten: example.rewrite !== null,
	ownScore
});
