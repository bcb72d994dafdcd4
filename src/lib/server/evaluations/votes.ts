import { and, desc, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Choice, resolve } from '../../core/evaluations/ballots.ts';
import type { ScriptVotes } from '../../core/evaluations/script-votes.ts';
import { type Outcome, countOutcomes, itemOutcome, type Tally } from '../../core/evaluations/tally.ts';
import { ballots, evaluations, pairings, type voters, votes } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './rows.ts';
import { among } from './texts.ts';

type Voter = (typeof voters)[number];

/** One voter's last word on one pairing, as it was seen and as it was meant. */
export type Vote = { pairingId: string; personId: string; choice: Choice; outcome: Outcome };

/**
 * The last act on each ballot: a choice, or null for one that was taken back. What was said after the reveal, as it once could be,
 * is none: whoever said it knew who had written what.
 */
const latestOf = (tx: Tx, evaluationIds: string[]) =>
	tx
		.selectDistinctOn([votes.ballotId], {
			evaluationId: votes.evaluationId,
			pairingId: votes.pairingId,
			personId: votes.personId,
			voter: votes.voter,
			ballotId: votes.ballotId,
			choice: votes.choice
		})
		.from(votes)
		.innerJoin(evaluations, eq(evaluations.id, votes.evaluationId))
		.where(
			and(
				inArray(votes.evaluationId, evaluationIds),
				or(isNull(evaluations.revealedAt), lte(votes.createdAt, evaluations.revealedAt))
			)
		)
		.orderBy(votes.ballotId, desc(votes.seq))
		.as('latest');

/** A step: everybody's latest votes, those taken back left out: of people, which count, or of scripts, which do not. */
export const votesOf = async (tx: Tx, evaluationId: string, of: Voter = 'person'): Promise<Vote[]> => {
	const latest = latestOf(tx, [evaluationId]);
	const rows = await tx
		.select()
		.from(latest)
		.where(and(isNotNull(latest.choice), eq(latest.voter, of)));
	const drawn = await tx
		.select({ id: ballots.id, swapped: ballots.swapped })
		.from(ballots)
		.where(
			among(
				ballots.id,
				rows.map(({ ballotId }) => ballotId)
			)
		);
	const swapped = new Map(drawn.map((ballot) => [ballot.id, ballot.swapped]));
	return rows.map(({ pairingId, personId, ballotId, choice }) => ({
		pairingId,
		personId,
		choice: choice!,
		outcome: resolve(choice!, swapped.get(ballotId)!)
	}));
};

/**
 * A step: what stands on a ballot, null for nothing, when nothing that is sent elsewhere can come between. undefined when the vote
 * `clientId` has come in the meantime.
 */
export const standingChoice = async (
	tx: Tx,
	ballotId: string,
	clientId: string
): Promise<Choice | null | undefined> => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${ballotId}, 13))`);
	const given = await tx
		.select({ choice: votes.choice, clientId: votes.clientId })
		.from(votes)
		.where(eq(votes.ballotId, ballotId))
		.orderBy(desc(votes.seq));
	return given.some((vote) => vote.clientId === clientId) ? undefined : (given[0]?.choice ?? null);
};

/** A step: how many pairings a person has judged. */
export const judgedCount = async (tx: Tx, evaluationId: string): Promise<number> => {
	const latest = latestOf(tx, [evaluationId]);
	const [row] = await tx
		.select({ count: sql<number>`count(distinct ${latest.pairingId})::int` })
		.from(latest)
		.where(and(isNotNull(latest.choice), eq(latest.voter, 'person')));
	return row!.count;
};

/** A step: for each of these evaluations how many pairings a person has judged, and how many this voter. Those nobody has are not in it. */
export const voteCounts = async (tx: Tx, evaluationIds: string[], voterId: string | null) => {
	const latest = latestOf(tx, evaluationIds);
	const rows = await tx
		.select({
			id: latest.evaluationId,
			judged: sql<number>`(count(distinct ${latest.pairingId}) filter (where ${latest.voter} = 'person'))::int`,
			mine: sql<number>`(count(*) filter (where ${latest.personId} = ${voterId}))::int`
		})
		.from(latest)
		.where(isNotNull(latest.choice))
		.groupBy(latest.evaluationId);
	return new Map(rows.map(({ id, ...counts }) => [id, counts]));
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

/**
 * A step: what scripts said, which the verdict does not count: pair by pair, as for people; null when none has voted. Only for
 * who may know who wrote what.
 */
export const scriptVotesOf = async (tx: Tx, evaluationId: string): Promise<ScriptVotes | null> => {
	const list = await votesOf(tx, evaluationId, 'script');
	if (list.length === 0) return null;
	return { votes: list.length, pairs: judgedIn(list), ...countOutcomes([...outcomesOf(list).values()]) };
};

/** Votes as the statistics want them: one outcome for each pairing, and every vote for the place on the screen. */
export const tallyOf = (evaluation: Pick<Evaluation, 'planned'>, list: readonly Vote[], leaked: number): Tally => ({
	...countOutcomes([...outcomesOf(list).values()]),
	planned: evaluation.planned,
	leaked,
	positionFirst: list.filter((vote) => vote.choice === 'first').length,
	positionVotes: list.filter((vote) => vote.choice === 'first' || vote.choice === 'second').length
});

/** The field by which a voter's outbox knows that nothing it still holds will be taken. */
export const voteIsOver = () =>
	new AppError('conflict', 'The results are known, so no more votes are taken.', 'evaluationId');

/** The database has the last word: the reveal may have come a moment before. Its refusal becomes the sentence above. */
export const refusedByReveal = (problem: unknown): never => {
	const { code, cause } = problem as { code?: string; cause?: { code?: string } };
	if ((cause?.code ?? code) === 'AI030') throw voteIsOver();
	throw problem;
};
