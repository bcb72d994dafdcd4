import { eq, sql } from 'drizzle-orm';
import type { Card } from '../../contract/ratings.ts';
import { targetOf } from '../../core/examples/example.ts';
import type { Tx } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';
import type { Example } from '../examples/rows.ts';

// spelled out: drizzle leaves the table's name away when a query has one table, and `id` would mean the rating's
/** The acting person's latest score of each example of a query. */
export const ownScores = sql<number | null>`(
	select r.score from ratings r
	where r.example_id = examples.id and r.person_id = nullif(current_setting('app.user_id', true), '')::uuid
	order by r.seq desc limit 1)`;

/** A step: the acting person's score of one example. */
export const ownScore = async (tx: Tx, exampleId: string): Promise<number | null> => {
	const [row] = await tx.select({ score: ownScores }).from(examples).where(eq(examples.id, exampleId));
	return row?.score ?? null;
};

export const cardOf = (example: Example, ownScore: number | null): Card => ({
	id: example.id,
	number: example.number,
	messages: example.messages,
	output: targetOf(example),
	rewritten: example.rewrite !== null,
	ownScore
});
