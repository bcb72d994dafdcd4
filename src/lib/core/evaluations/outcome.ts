export const outcomes = ['a', 'b', 'tie', 'both_bad'] as const;
/** What somebody said of one pair, from the side of contender A. */
export type Outcome = (typeof outcomes)[number];
