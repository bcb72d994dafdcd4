import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { type EvaluationResult, resultOf } from '../../core/evaluations/result.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { evaluations } from '../platform/db/schema.ts';
import { assessmentOf } from './assessment.ts';
import type { Evaluation } from './evaluation.ts';
import { contendersOf } from './rows.ts';

/** A step: what came out, as it is kept at the evaluation for whoever lists it, and how many of the planned prompts count. */
export const countedResult = async (
	tx: Tx,
	evaluation: Evaluation
): Promise<{ result: EvaluationResult; judged: number; planned: number }> => {
	const { verdict, tally, sides } = await assessmentOf(tx, evaluation, await contendersOf(tx, evaluation));
	return { result: resultOf(verdict, tally, sides), judged: verdict.judged, planned: tally.plan.prompts };
};

/** Revealed, and without a result. A scoring has none: its numbers stand in a place of their own. */
export const isUncounted = and(
	isNotNull(evaluations.revealedAt),
	isNull(evaluations.result),
	eq(evaluations.kind, 'comparison')
);

/**
 * Counts a revealed comparison that has no result: of before results were kept, or of when they had other numbers. Safe to run again;
 * where there is a result, or nothing is revealed, it does nothing.
 */
export const countVotes = (scope: Scope, evaluationId: string): Promise<void> =>
	scope.tx(async (tx) => {
		const [evaluation] = await tx
			.select()
			.from(evaluations)
			.where(and(eq(evaluations.id, evaluationId), isUncounted))
			.for('update');
		if (!evaluation) return;
		const { result } = await countedResult(tx, evaluation);
		await tx.update(evaluations).set({ result }).where(eq(evaluations.id, evaluationId));
	});
