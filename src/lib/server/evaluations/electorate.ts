import { sql } from 'drizzle-orm';
import { isOut } from '../../core/evaluations/skips.ts';
import type { Tx } from '../access/scope.ts';
import type { Given, Standing } from './votes.ts';

/** A step: who may vote, or could when the results were revealed. */
export const peopleOf = async (tx: Tx, evaluationId: string): Promise<string[]> => {
	const [found] = await tx.execute<{ people: string[] }>(
		sql`select people from voters_of(${sql.param([evaluationId])}::uuid[])`
	);
	return found!.people;
};

/** The pairings that are out: so many have skipped them that they cannot get their votes. */
export const outOf = (
	{ votes, skips }: Standing<Given>,
	people: readonly string[],
	votesPerPrompt: number
): Set<string> => {
	const voted = Map.groupBy(votes, (vote) => vote.pairingId);
	const is = ([id, skipped]: [string, string[]]) =>
		isOut({ voted: (voted.get(id) ?? []).map(({ personId }) => personId), skipped }, people, votesPerPrompt);
	return new Set([...skips].filter(is).map(([id]) => id));
};
