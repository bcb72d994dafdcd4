import { and, eq, isNotNull, isNull, or } from 'drizzle-orm';
import type { Counted } from '../../core/evaluations/counted.ts';
import { type EvaluationResult, resultOf } from '../../core/evaluations/result.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { evaluations } from '../platform/db/schema.ts';
import { assessmentOf } from './assessment.ts';
import { countAnew } from './counting.ts';
import type { Evaluation } from './evaluation.ts';
import { type JudgedPair, keepPairs } from './judged-pairs.ts';
import { contendersOf } from './rows.ts';

/**
 * A step: what came out, as it is kept at the evaluation for whoever lists it and for its page, the pairs, and how many of the planned prompts count.
 * Counted from every vote and every answer.
 */
export const countedResult = async (
	tx: Tx,
	evaluation: Evaluation
): Promise<{ result: EvaluationResult; counted: Counted; pairs: JudgedPair[]; judged: number; planned: number }> => {
	const contenders = await contendersOf(tx, evaluation);
	const just = await countAnew(tx, evaluation, contenders);
	const { verdict, tally, sides } = await assessmentOf(tx, evaluation, contenders, just);
	return { result: resultOf(verdict, tally, sides), ...just, judged: verdict.judged, planned: tally.plan.prompts };
};

/** Revealed, and not counted. A scoring is counted in another way: its numbers stand in a place of their own. */
export const isUncounted = and(
	isNotNull(evaluations.revealedAt),
	or(isNull(evaluations.result), isNull(evaluations.counted)),
	eq(evaluations.kind, 'comparison')
);

/** A step: keeps what was counted of a comparison that is revealed, and its pairs, as far as it was not kept before. */
export const keepCounted = async (
	tx: Tx,
	evaluation: Evaluation,
	{ result, counted, pairs }: { result: EvaluationResult; counted: Counted; pairs: readonly JudgedPair[] }
): Promise<void> => {
	if (evaluation.counted === null) await keepPairs(tx, evaluation, pairs);
	await tx
		.update(evaluations)
		// what is kept is left alone: in other spaces or another order of fields it would be another text
		.set({ ...(evaluation.result === null && { result }), ...(evaluation.counted === null && { counted }) })
		.where(eq(evaluations.id, evaluation.id));
};

/**
 * Counts a revealed comparison of which something is not kept: of before that was, or of when it had other numbers. Safe to run again;
 * where all is kept, or nothing is revealed, it does nothing.
 */
export const countVotes = (scope: Scope, evaluationId: string): Promise<void> =>
	scope.tx(async (tx) => {
		const [evaluation] = await tx
			.select()
			.from(evaluations)
			.where(and(eq(evaluations.id, evaluationId), isUncounted))
			.for('update');
		if (!evaluation) return;
		await keepCounted(tx, evaluation, await countedResult(tx, evaluation));
	});
