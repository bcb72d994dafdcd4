import { eq, sql } from 'drizzle-orm';
import { type EvaluationResult, resultOf } from '../../core/evaluations/result.ts';
import { judge } from '../../core/evaluations/verdict.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { evaluations } from '../platform/db/schema.ts';
import { leakedPairings } from './leaks.ts';
import { type Contender, type Evaluation, type Letter, contendersOf } from './rows.ts';
import { type Vote, tallyOf, votesOf } from './votes.ts';

/** A step: how the votes stand, in words and numbers. */
export const verdictOf = async (
	tx: Tx,
	evaluation: Evaluation,
	votes: readonly Vote[],
	contenders: Record<Letter, Contender>
) => {
	const tally = tallyOf(evaluation, votes, await leakedPairings(tx, evaluation));
	return { tally, verdict: judge(tally, { a: contenders.a.label, b: contenders.b.label }) };
};

/** A step: what came out so far, as it is kept at the evaluation for whoever lists it. */
export const countedResult = async (
	tx: Tx,
	evaluation: Evaluation,
	votes: readonly Vote[]
): Promise<EvaluationResult> => {
	const contenders = await contendersOf(tx, evaluation);
	const { tally, verdict } = await verdictOf(tx, evaluation, votes, contenders);
	return resultOf(verdict, tally, { a: contenders.a.label, b: contenders.b.label });
};

const lockFor = (evaluationId: string) => sql`hashtextextended(${evaluationId}, 0)`;

/**
 * A step: a vote on revealed results has them counted again. By a job, because a voter may not change the evaluation. The count
 * waits for the end of this transaction: a job that has just begun would read without this vote, and it holds back a second one.
 */
export const recountLater = async (tx: Tx, scope: Scope, evaluationId: string) => {
	await tx.execute(sql`select pg_advisory_xact_lock_shared(${lockFor(evaluationId)})`);
	await enqueue(tx, scope, 'evaluation.count', { evaluationId });
};

/** Counts what came out of a revealed evaluation and keeps it. Safe to run again; before the reveal it does nothing. */
export const countVotes = (scope: Scope, evaluationId: string): Promise<void> =>
	scope.tx(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(${lockFor(evaluationId)})`);
		const [evaluation] = await tx.select().from(evaluations).where(eq(evaluations.id, evaluationId));
		if (!evaluation || evaluation.revealedAt === null) return;
		const { id, projectId, number } = evaluation;
		const result = await countedResult(tx, evaluation, await votesOf(tx, id));
		await tx.update(evaluations).set({ result }).where(eq(evaluations.id, id));
		await record(tx, scope, { event: 'evaluation.counted', subject: id, projectId, details: { number } });
	});
