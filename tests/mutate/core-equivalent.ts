/**
 * Mutants of core that change nothing anybody could see, each with its reason. One that no living mutant answers to any more
 * fails the run: the reason has gone with it. A pattern stands for several that have the same reason.
 */
export const equivalentInCore: { mutant: string | RegExp; because: string }[] = [];
