import { sql } from 'drizzle-orm';
import type { Told } from '../../core/evaluations/told.ts';
import type { Tx } from '../access/scope.ts';
import { outputs, pairings } from '../platform/db/schema.ts';
import type { Letter } from './evaluation.ts';

/** `told`: what is known of an answer whose text was removed. */
type Answer = { text: string; finishReason: string | null; told: Told | null };

/** What was asked in a pairing, what a person wrote for it, and what both contenders answered. */
export type Texts = Pick<typeof pairings.$inferSelect, 'position' | 'prompt' | 'reference'> & {
	askedId: string;
} & Record<Letter, Answer>;

/** A step: the texts of these pairings, by their ids. Both contenders have answered. */
export const textsOf = async (tx: Tx, pairingIds: readonly string[]): Promise<Map<string, Texts>> => {
	if (pairingIds.length === 0) return new Map();
	// pairing by pairing by its key: for some at once the planner may read all answers of the team, which it takes for few; two have answered each
	const these = sql`unnest(${sql.param([...pairingIds])}::uuid[]) one (id)`;
	const asked = await tx.execute<Omit<Texts, Letter> & { id: string }>(sql`
		select p.* from ${these} cross join lateral (
			select x.id, x.position, coalesce(x.example_id, x.prompt_id) as "askedId", x.prompt, x.reference
			from ${pairings} x where x.id = one.id limit 1
		) p`);
	const rows = await tx.execute<Answer & { pairingId: string; contender: Letter }>(sql`
		select o.* from ${these} cross join lateral (
			select x.pairing_id as "pairingId", x.contender, x.text, x.finish_reason as "finishReason", x.told
			from ${outputs} x where x.pairing_id = one.id limit 2
		) o`);
	const answers = new Map(rows.map(({ pairingId, contender, ...answer }) => [pairingId + contender, answer]));
	return new Map(
		asked.map(({ id, ...pairing }) => [id, { ...pairing, a: answers.get(`${id}a`)!, b: answers.get(`${id}b`)! }])
	);
};
