import { eq, sql } from 'drizzle-orm';
import type { Card } from '../../contract/ratings.ts';
import { targetOf } from '../../core/examples/example.ts';
import { markOf, ownScores } from '../access/own-scores.ts';
import type { Tx } from '../access/scope.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { examples } from '../platform/db/schema.ts';
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

export const cardOf = (example: Example, ownScore: number | null): Card => ({
	id: example.id,
	number: example.number,
	messages: example.messages,
	output: targetOf(example),
	text: markOf(example.rewrite).toString('hex'),
	rewritten: example.rewrite !== null,
	ownScore
});
