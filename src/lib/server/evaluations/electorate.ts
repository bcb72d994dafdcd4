import { eq, sql } from 'drizzle-orm';
import { isOut } from '../../core/evaluations/skips.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, members } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Given, Standing } from './votes.ts';

/** Of each evaluation who may vote in it: today, or, where results are known, when they were revealed. */
export const electorateOf = (tx: Tx, evaluationIds: string[]) => {
	const today = sql`array(
		select ${members.personId} from ${members} where ${members.projectIds} is null or ${evaluations.projectId} = any (${members.projectIds})
	)`;
	return tx
		.select({ id: evaluations.id, ids: sql<string[]>`coalesce(${evaluations.electorate}, ${today})`.as('ids') })
		.from(evaluations)
		.where(among(evaluations.id, evaluationIds))
		.as('electorate');
};

/** A step: who may vote, or could when the results were revealed. */
export const peopleOf = async (tx: Tx, evaluationId: string): Promise<string[]> => {
	const people = electorateOf(tx, [evaluationId]);
	const [found] = await tx.select({ ids: people.ids }).from(people).where(eq(people.id, evaluationId));
	return found!.ids;
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
