import { type SQL, and, eq, isNull, lt, or } from 'drizzle-orm';
import { verdictTitles } from '../../core/evaluations/verdict-sentence.ts';
import type { Tx } from '../access/scope.ts';
import { evaluations } from '../platform/db/schema.ts';
import type { Evaluation } from './rows.ts';
import { voteCounts } from './votes.ts';

/** With so many prompts complete a comparison was a try, whether or not anybody has looked at it. */
const isTry = 12;

type Pair = { projectId: string; runId: string; againstRunId: string | null };

/** Not what goes on with an earlier one, and no scoring of one model. */
const isNewComparison = (projectId: string): SQL | undefined =>
	and(eq(evaluations.projectId, projectId), eq(evaluations.kind, 'comparison'), isNull(evaluations.continuesId));

/** Which of the two is judged does not matter: it is the same comparison. */
const ofSameTwo = ({ projectId, runId, againstRunId }: Pair): SQL | undefined => {
	const same = (one: string, two: string | null) =>
		and(
			eq(evaluations.runId, one),
			two === null ? isNull(evaluations.againstRunId) : eq(evaluations.againstRunId, two)
		);
	const either = againstRunId === null ? same(runId, null) : or(same(runId, againstRunId), same(againstRunId, runId));
	return and(isNewComparison(projectId), either);
};

const triesOf = async (tx: Tx, two: Pair, before?: number) => {
	const rows = await tx
		.select()
		.from(evaluations)
		.where(and(ofSameTwo(two), before === undefined ? undefined : lt(evaluations.number, before)))
		.orderBy(evaluations.number);
	const counts = await voteCounts(
		tx,
		rows.map(({ id }) => id),
		null
	);
	return rows.filter(({ id, revealedAt }) => revealedAt !== null || (counts.get(id)?.judged ?? 0) >= isTry);
};

/** A step: the how manieth comparison of these two a new one would be. What goes on with an earlier one is no new one. */
export const nextAttempt = async (tx: Tx, two: Pair): Promise<number> => (await triesOf(tx, two)).length + 1;

/** A step: what came out of the earlier comparisons of the same two; null of one whose results nobody has seen. */
export const earlierTries = async (tx: Tx, evaluation: Evaluation): Promise<(string | null)[]> => {
	if (evaluation.attempt === 1) return [];
	const earlier = await triesOf(tx, evaluation, evaluation.number);
	return earlier.slice(0, evaluation.attempt - 1).map(({ result }) => (result ? verdictTitles[result.kind] : null));
};

/** A step: how many comparisons of which two there have been in a project. */
export const triesIn = async (tx: Tx, projectId: string) => {
	const two = await tx
		.selectDistinct({ runId: evaluations.runId, againstRunId: evaluations.againstRunId })
		.from(evaluations)
		.where(isNewComparison(projectId));
	const tried = [];
	for (const pair of two) {
		const times = (await triesOf(tx, { projectId, ...pair })).length;
		if (times > 0) tried.push({ runId: pair.runId, against: pair.againstRunId ?? 'base', times });
	}
	return tried;
};
