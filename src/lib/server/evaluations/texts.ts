import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Tx } from '../access/scope.ts';
import { outputs, pairings } from '../platform/db/schema.ts';
import type { Letter } from './rows.ts';

/**
 * Whether a column has one of these ids; one array, not one parameter for each. What belongs to many rows is read by it, table by
 * table: under row level security the planner expects one row of everything, and joins that were right for one are slow for 300.
 */
export const among = (column: PgColumn, ids: readonly string[]): SQL =>
	sql`${column} = any (${sql.param(`{${ids.join(',')}}`)}::uuid[])`;

type Answer = { text: string; finishReason: string | null };

/** What was asked in a pairing, what a person wrote for it, and what both contenders answered. */
export type Texts = Pick<typeof pairings.$inferSelect, 'position' | 'prompt' | 'reference'> & {
	askedId: string;
} & Record<Letter, Answer>;

/** A step: the texts of these pairings, by their ids. Both contenders have answered. */
export const textsOf = async (tx: Tx, pairingIds: readonly string[]): Promise<Map<string, Texts>> => {
	const asked = await tx
		.select({
			id: pairings.id,
			position: pairings.position,
			askedId: sql<string>`coalesce(${pairings.exampleId}, ${pairings.promptId})`,
			prompt: pairings.prompt,
			reference: pairings.reference
		})
		.from(pairings)
		.where(among(pairings.id, pairingIds));
	const rows = await tx
		.select({
			pairingId: outputs.pairingId,
			contender: outputs.contender,
			text: outputs.text,
			finishReason: outputs.finishReason
		})
		.from(outputs)
		.where(among(outputs.pairingId, pairingIds));
	const answers = new Map(rows.map(({ pairingId, contender, ...answer }) => [pairingId + contender, answer]));
	return new Map(
		asked.map(({ id, ...pairing }) => [id, { ...pairing, a: answers.get(`${id}a`)!, b: answers.get(`${id}b`)! }])
	);
};
