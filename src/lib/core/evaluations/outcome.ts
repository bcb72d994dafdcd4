/** What somebody said of one pair, from the side of contender A. */
export type Outcome = 'a' | 'b' | 'tie' | 'both_bad';
