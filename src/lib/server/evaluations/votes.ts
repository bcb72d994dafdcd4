import { type SQL, and, desc, eq, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Choice, resolve } from '../../core/evaluations/ballots.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import { type GuestVotes, guestNumbers } from '../../core/evaluations/guests.ts';
import type { ScoreMark } from '../../core/evaluations/scoring.ts';
import type { ScriptVotes } from '../../core/evaluations/script-votes.ts';
import { outcomeOf } from '../../core/evaluations/scores.ts';
import type { Outcome } from '../../core/evaluations/outcome.ts';
import { countOutcomes } from '../../core/evaluations/tally.ts';
import { among } from '../platform/db/among.ts';
import { pairings, remarks, type ballotVoters, votes } from '../platform/db/schema.ts';
import { refusing } from '../platform/db/transaction.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './evaluation.ts';
import { askedId } from './asked.ts';

type Voter = (typeof ballotVoters)[number];

/** One voter's last word on one pairing, as it was seen: a choice, or in a scoring a score. `at`: when it was given. */
export type Given = {
	pairingId: string;
	ballotId: string;
	personId: string;
	choice: Choice | ScoreMark;
	/** Contender B stood first. */
	swapped: boolean;
	/** Their how manieth pair it was. */
	position: number;
	at: Date;
};

/** The same of a comparison, with what was meant. */
export type Vote = Given & { choice: Choice; outcome: Outcome };

type Which = {
	/** Only what these said. */
	of?: Voter;
	/** What was said of pairs that came again, which is no vote and never among the others. */
	repeat?: boolean;
	/** Of these alone. */
	pairings?: readonly string[] | undefined;
};

const latest = {
	pairingId: sql<string>`pairing_id`,
	personId: sql<string>`person_id`,
	ballotId: sql<string>`ballot_id`,
	choice: sql<Given['choice'] | 'skip' | null>`choice`,
	swapped: sql<boolean>`swapped`,
	position: sql<number>`place`,
	at: sql<Date>`created_at`.mapWith(votes.createdAt)
};

/** The last act on each ballot of these evaluations, as a table of the database (drizzle/functions/votes.sql). */
export const latestOf = (evaluationIds: readonly string[], { of, repeat = false, pairings }: Which = {}): SQL =>
	sql`latest_votes(${sql.param(evaluationIds)}::uuid[], ${of ?? null}, ${repeat}, ${sql.param(pairings ?? null)}::uuid[])`;

/** What stands: the votes, in the order in which the voters of a prompt came to it, and who skipped which pairing. */
export type Standing<One extends Given = Vote> = { votes: One[]; skips: Map<string, string[]> };

/** A step: what everybody said last, what was taken back left out: of people, which count, or of scripts, which do not. */
export const givenIn = async (
	tx: Tx,
	evaluationId: string,
	of: Voter = 'person',
	which: Omit<Which, 'of'> = {}
): Promise<Standing<Given>> => {
	const stands = await tx
		.select(latest)
		.from(latestOf([evaluationId], { of, ...which }))
		.where(sql`choice is not null`)
		.orderBy(sql`first`);
	const skips = new Map<string, string[]>();
	const given: Given[] = [];
	for (const { choice, ...one } of stands)
		if (choice === 'skip') skips.set(one.pairingId, [...(skips.get(one.pairingId) ?? []), one.personId]);
		else given.push({ ...one, choice: choice! });
	return { votes: given, skips };
};

/** A step: the same of a comparison. */
export const standingOf = async (tx: Tx, evaluationId: string, of: Voter = 'person'): Promise<Standing> => {
	const { votes: given, skips } = await givenIn(tx, evaluationId, of);
	return { votes: given.map(meant), skips };
};

const meant = ({ choice, ...vote }: Given): Vote => ({
	...vote,
	choice: choice as Choice,
	outcome: resolve(choice as Choice, vote.swapped)
});

/** A step: what people said of pairs that came to them once more; in no other number than their self-consistency. */
export const repeatsIn = async (
	tx: Tx,
	{ id, repeats }: Pick<Evaluation, 'id' | 'repeats'>,
	pairings?: readonly string[]
): Promise<Vote[]> =>
	repeats === 0 ? [] : (await givenIn(tx, id, 'person', { repeat: true, pairings })).votes.map(meant);

/** A step: the votes of people on these pairings, in the order in which they came to it, what they said when one came again, and what they added. */
export const saidOn = async (tx: Tx, evaluation: Pick<Evaluation, 'id' | 'repeats'>, pairings: readonly string[]) => {
	const given = await givenIn(tx, evaluation.id, 'person', { pairings });
	const said = { votes: given.votes.map(meant), repeats: await repeatsIn(tx, evaluation, pairings) };
	return { ...said, remarks: await remarksOn(tx, evaluation.id, [...said.votes, ...said.repeats]) };
};

/** A step: the votes of `standingOf`. */
export const votesOf = async (tx: Tx, evaluationId: string, of: Voter = 'person'): Promise<Vote[]> =>
	(await standingOf(tx, evaluationId, of)).votes;

/** A step: what was last added to these votes, by their ballots. The database takes nothing after the reveal. */
export const remarksOn = async (tx: Tx, evaluationId: string, votes: readonly Vote[]): Promise<Map<string, Remark>> => {
	const swapped = new Map(votes.map((vote) => [vote.ballotId, vote.swapped]));
	const rows = await tx
		.selectDistinctOn([remarks.ballotId], {
			ballotId: remarks.ballotId,
			first: remarks.firstScore,
			second: remarks.secondScore,
			note: remarks.note
		})
		.from(remarks)
		// of a vote that was taken back nothing stands
		.where(and(eq(remarks.evaluationId, evaluationId), among(remarks.ballotId, swapped.keys())))
		.orderBy(remarks.ballotId, desc(remarks.seq));
	return new Map(
		rows.map(({ ballotId, first, second, note }) => [
			ballotId,
			{ ...(swapped.get(ballotId) ? { a: second, b: first } : { a: first, b: second }), note }
		])
	);
};

/** A step: the pairings in the order they were drawn. */
export const pairingsOf = (tx: Tx, evaluationId: string) =>
	tx
		.select({ id: pairings.id, position: pairings.position, askedId })
		.from(pairings)
		.where(eq(pairings.evaluationId, evaluationId))
		.orderBy(pairings.position);

/** What came out of each pairing that has its votes, by the first of them; the others are not in it. */
export const outcomesOf = (list: readonly Vote[], votes: number): Map<string, Outcome> => {
	const outcomes = new Map<string, Outcome>();
	for (const [pairingId, said] of saidOf(list)) {
		const outcome = outcomeOf(said, votes);
		if (outcome !== null) outcomes.set(pairingId, outcome);
	}
	return outcomes;
};

/** What was said of each pairing, the first voter first. */
export const saidOf = (list: readonly Vote[]): Map<string, Outcome[]> =>
	new Map(
		[...Map.groupBy(list, (vote) => vote.pairingId)].map(([id, said]) => [id, said.map(({ outcome }) => outcome)])
	);

/**
 * A step: what scripts said, which the verdict does not count: of each pair by the first of them; null when none has voted. Only for
 * who may know who wrote what.
 */
export const scriptVotesOf = async (tx: Tx, evaluationId: string): Promise<ScriptVotes | null> => {
	const list = await votesOf(tx, evaluationId, 'script');
	if (list.length === 0) return null;
	const outcomes = [...outcomesOf(list, 1).values()];
	return { votes: list.length, pairs: outcomes.length, ...countOutcomes(outcomes) };
};

/** A step: the same of guests, every one of whom counts for a pair; null where none has voted. */
export const guestVotesOf = async (tx: Tx, evaluationId: string): Promise<GuestVotes | null> => {
	const list = await votesOf(tx, evaluationId, 'guest');
	return guestNumbers([...saidOf(list).values()], new Set(list.map(({ personId }) => personId)).size);
};

/** The field by which a voter's outbox knows that nothing it still holds will be taken. */
export const voteIsOver = () =>
	new AppError('conflict', 'The results are known, so nothing more is taken.', 'evaluationId');

/** The database has the last word: the reveal may have come a moment before. */
export const refusedByReveal = refusing({ AI030: voteIsOver });
