import { sql } from 'drizzle-orm';
import type { Told } from '../../core/evaluations/told.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
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
			finishReason: outputs.finishReason,
			told: outputs.told
		})
		.from(outputs)
		.where(among(outputs.pairingId, pairingIds));
	const answers = new Map(rows.map(({ pairingId, contender, ...answer }) => [pairingId + contender, answer]));
	return new Map(
		asked.map(({ id, ...pairing }) => [id, { ...pairing, a: answers.get(`${id}a`)!, b: answers.get(`${id}b`)! }])
	);
};
