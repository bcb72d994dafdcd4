import type { Counted } from '../../core/evaluations/counted.ts';
import type { CountedScores } from '../../core/evaluations/scoring.ts';
import type { evaluations } from '../platform/db/schema.ts';

/** As it is kept. */
export type Evaluation = typeof evaluations.$inferSelect;
/** Which of the two that compete. */
export type Letter = 'a' | 'b';

/** What its scores came to at the reveal; null where that is not kept, and of a comparison. */
export const keptScores = ({ counted }: Pick<Evaluation, 'counted'>): CountedScores | null =>
	counted !== null && 'answers' in counted ? counted : null;

/** What its votes came to at the reveal; null where that is not kept, and of a scoring. */
export const keptVotes = ({ counted }: Pick<Evaluation, 'counted'>): Counted | null =>
	counted !== null && !('answers' in counted) ? counted : null;
