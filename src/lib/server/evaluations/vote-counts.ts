import { and, isNotNull, isNull, sql } from 'drizzle-orm';
import { thirdOf } from '../../core/evaluations/three-way.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations } from '../platform/db/schema.ts';

/** Of one evaluation: prompts that have their votes, prompts that are out, and what one voter has judged and skipped. */
type VoteCounts = { judged: number; skipped: number; mine: number; skips: number };

/**
 * A step: for each of these evaluations how many prompts count, having their votes, how many are out (`isOut`), and how many this voter
 * has judged and skipped. Not to be shown of one of a three-way by itself.
 */
export const ownVoteCounts = async (
	tx: Tx,
	evaluationIds: string[],
	voterId: string | null
): Promise<Map<string, VoteCounts>> => {
	const rows = await tx.execute<VoteCounts & { id: string }>(
		sql`select id, judged, skipped, mine, skips from vote_counts(${sql.param(evaluationIds)}::uuid[], ${voterId}::uuid)`
	);
	return new Map(rows.map(({ id, ...counts }) => [id, counts]));
};

/** A step: of each of these that is one of a three-way which is not revealed, all three. */
const hiddenThreesOf = async (tx: Tx, ids: string[]): Promise<Map<string, string[]>> => {
	const leadOf = sql`coalesce(${evaluations.threeOf}, ${evaluations.id})`;
	const isHidden = and(isNotNull(evaluations.threePart), isNull(evaluations.revealedAt));
	const leads = tx
		.select({ lead: sql`${leadOf}` })
		.from(evaluations)
		.where(and(isHidden, among(evaluations.id, ids)));
	const rows = await tx
		.select({ id: evaluations.id, lead: sql<string>`${leadOf}` })
		.from(evaluations)
		.where(and(isHidden, sql`${leadOf} in ${leads}`));
	const byLead = Map.groupBy(rows, ({ lead }) => lead);
	return new Map(rows.map(({ id, lead }) => [id, byLead.get(lead)!.map((one) => one.id)]));
};

/** A step: the same as it is shown: of a three-way, until it is revealed, what all three have together, in even parts. */
export const voteCounts = async (
	tx: Tx,
	evaluationIds: string[],
	voterId: string | null
): Promise<Map<string, VoteCounts>> => {
	const threes = await hiddenThreesOf(tx, evaluationIds);
	const own = await ownVoteCounts(tx, [...new Set([...evaluationIds, ...threes.keys()])], voterId);
	const counts = new Map(own);
	for (const [id, three] of threes) {
		const sum = (what: keyof VoteCounts) => three.reduce((all, one) => all + (own.get(one)?.[what] ?? 0), 0);
		const [judged, skipped] = thirdOf(sum('judged'), sum('skipped'));
		const [mine, skips] = thirdOf(sum('mine'), sum('skips'));
		counts.set(id, { judged, skipped, mine, skips });
	}
	return counts;
};
