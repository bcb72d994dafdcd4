import type { evaluations } from '../platform/db/schema.ts';

/** As it is kept. */
export type Evaluation = typeof evaluations.$inferSelect;
/** Which of the two that compete. */
export type Letter = 'a' | 'b';
