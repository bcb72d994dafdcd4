import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { type EvaluationResult, resultOf } from '../../core/evaluations/result.ts';
import { judge } from '../../core/evaluations/verdict.ts';
import type { Scope, Tx } from '../access/scope.ts';
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

/** A step: what came out, as it is kept at the evaluation for whoever lists it. */
export const countedResult = async (
	tx: Tx,
	evaluation: Evaluation,
	votes: readonly Vote[]
): Promise<EvaluationResult> => {
	const contenders = await contendersOf(tx, evaluation);
	const { tally, verdict } = await verdictOf(tx, evaluation, votes, contenders);
	return resultOf(verdict, tally, { a: contenders.a.label, b: contenders.b.label });
};

/**
 * Counts a revealed evaluation that has no result: of before results were kept, or of when votes after a reveal still counted.
 * Safe to run again; where there is a result, or nothing is revealed, it does nothing.
 */
export const countVotes = (scope: Scope, evaluationId: string): Promise<void> =>
	scope.tx(async (tx) => {
		const isUncounted = and(
			eq(evaluations.id, evaluationId),
			isNotNull(evaluations.revealedAt),
			isNull(evaluations.result)
		);
		const [evaluation] = await tx.select().from(evaluations).where(isUncounted).for('update');
		if (!evaluation) return;
		const result = await countedResult(tx, evaluation, await votesOf(tx, evaluationId));
		await tx.update(evaluations).set({ result }).where(eq(evaluations.id, evaluationId));
	});
