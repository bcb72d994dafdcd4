import { and, desc, eq, inArray, isNotNull, lte } from 'drizzle-orm';
import { type Choice, resolve } from '../../core/evaluations/ballots.ts';
import { type Outcome, countOutcomes, itemOutcome, type Tally } from '../../core/evaluations/tally.ts';
import { ballots, pairings, votes } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './rows.ts';

/** One person's last word on one pairing, as it was seen and as it was meant. */
export type Vote = { evaluationId: string; pairingId: string; personId: string; choice: Choice; outcome: Outcome };

/** A step: everybody's latest votes, those taken back left out. `until` looks at the votes of that moment. */
export const votesOf = async (tx: Tx, evaluationIds: string[], until?: Date): Promise<Vote[]> => {
	if (evaluationIds.length === 0) return [];
	const latest = tx
		.selectDistinctOn([votes.ballotId], {
			evaluationId: votes.evaluationId,
			pairingId: votes.pairingId,
			personId: votes.personId,
			ballotId: votes.ballotId,
			choice: votes.choice
		})
		.from(votes)
		.where(and(inArray(votes.evaluationId, evaluationIds), until ? lte(votes.createdAt, until) : undefined))
		.orderBy(votes.ballotId, desc(votes.seq))
		.as('latest');
	const rows = await tx
		.select({
			evaluationId: latest.evaluationId,
			pairingId: latest.pairingId,
			personId: latest.personId,
			choice: latest.choice,
			swapped: ballots.swapped
		})
		.from(latest)
		.innerJoin(ballots, eq(ballots.id, latest.ballotId))
		.where(isNotNull(latest.choice));
	return rows.map(({ swapped, choice, ...vote }) => ({ ...vote, choice: choice!, outcome: resolve(choice!, swapped) }));
};

/** A step: the pairings in the order they were drawn. */
export const pairingsOf = (tx: Tx, evaluationId: string) =>
	tx
		.select({ id: pairings.id, position: pairings.position, exampleId: pairings.exampleId })
		.from(pairings)
		.where(eq(pairings.evaluationId, evaluationId))
		.orderBy(pairings.position);

/** What the voters of each pairing said together; pairings nobody has judged are not in it. */
export const outcomesOf = (list: readonly Vote[]): Map<string, Outcome> => {
	const outcomes = new Map<string, Outcome>();
	for (const [pairingId, said] of Map.groupBy(list, (vote) => vote.pairingId)) {
		outcomes.set(pairingId, itemOutcome(said.map((vote) => vote.outcome))!);
	}
	return outcomes;
};

/** How many pairings somebody has judged. */
export const judgedIn = (list: readonly Vote[]) => new Set(list.map((vote) => vote.pairingId)).size;

/** Votes as the statistics want them: one outcome for each pairing, and every vote for the place on the screen. */
export const tallyOf = (evaluation: Pick<Evaluation, 'planned'>, list: readonly Vote[], leaked: number): Tally => ({
	...countOutcomes([...outcomesOf(list).values()]),
	planned: evaluation.planned,
	leaked,
	positionFirst: list.filter((vote) => vote.choice === 'first').length,
	positionVotes: list.filter((vote) => vote.choice === 'first' || vote.choice === 'second').length
});

/** The end: everything planned is judged and the results have been seen. Before it, votes still count. */
export const isOver = (evaluation: Pick<Evaluation, 'planned' | 'revealedAt'>, judged: number) =>
	evaluation.revealedAt !== null && judged >= evaluation.planned;

/** A step: whether no more votes are taken. */
export const isClosed = async (tx: Tx, evaluation: Evaluation): Promise<boolean> =>
	evaluation.revealedAt !== null && isOver(evaluation, judgedIn(await votesOf(tx, [evaluation.id])));
