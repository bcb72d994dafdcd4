import { type SQL, and, eq, isNull, lt, or } from 'drizzle-orm';
import { verdictTitles } from '../../core/evaluations/verdict-sentence.ts';
import type { Tx } from '../access/scope.ts';
import { evaluations } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';
import { keysIn } from './sides.ts';
import { voteCounts } from './vote-counts.ts';

/** With so many prompts complete a comparison was a try, whether or not anybody has looked at it. */
const isTry = 12;

/** Two contenders, by their keys. */
type Two = readonly [string, string];

const tried = {
	id: evaluations.id,
	revealedAt: evaluations.revealedAt,
	result: evaluations.result,
	a: keysIn.a,
	b: keysIn.b
};

/** A step: the comparisons of a project that were tries, the first one first: not what goes on with an earlier one, and no scoring. */
const triesWhere = async (tx: Tx, projectId: string, condition?: SQL) => {
	const isNew = and(
		eq(evaluations.projectId, projectId),
		eq(evaluations.kind, 'comparison'),
		isNull(evaluations.continuesId)
	);
	const rows = await tx.select(tried).from(evaluations).where(and(isNew, condition)).orderBy(evaluations.number);
	// of a three-way that is hidden all three are tries, or none: what one of them is would tell how many votes it has by itself
	const hidden = rows.filter(({ revealedAt }) => revealedAt === null).map(({ id }) => id);
	const counts = await voteCounts(tx, hidden, null);
	return rows.filter(({ id, revealedAt }) => revealedAt !== null || (counts.get(id)?.judged ?? 0) >= isTry);
};

/** Which of the two is judged does not matter: it is the same comparison. */
const ofSameTwo = ([one, two]: Two): SQL | undefined =>
	or(and(eq(keysIn.a, one), eq(keysIn.b, two)), and(eq(keysIn.a, two), eq(keysIn.b, one)));

/** A step: the how manieth comparison of these two a new one would be. What goes on with an earlier one is no new one. */
export const nextAttempt = async (tx: Tx, projectId: string, two: Two): Promise<number> =>
	(await triesWhere(tx, projectId, ofSameTwo(two))).length + 1;

/** A step: what came out of the earlier comparisons of the same two; null of one whose results nobody has seen. */
export const earlierTries = async (tx: Tx, evaluation: Evaluation): Promise<(string | null)[]> => {
	if (evaluation.attempt === 1) return [];
	const [own] = await tx
		.select({ a: keysIn.a, b: keysIn.b })
		.from(evaluations)
		.where(eq(evaluations.id, evaluation.id));
	const before = and(ofSameTwo([own!.a, own!.b]), lt(evaluations.number, evaluation.number));
	const earlier = await triesWhere(tx, evaluation.projectId, before);
	return earlier.slice(0, evaluation.attempt - 1).map(({ result }) => (result ? verdictTitles[result.kind] : null));
};

/** A step: how many comparisons of which two there have been in a project. */
export const triesIn = async (tx: Tx, projectId: string) => {
	const byTwo = Map.groupBy(await triesWhere(tx, projectId), ({ a, b }) => [a, b].sort().join('\n'));
	return [...byTwo.values()].map((some): { two: [string, string]; times: number } => ({
		two: [some[0]!.a, some[0]!.b],
		times: some.length
	}));
};
