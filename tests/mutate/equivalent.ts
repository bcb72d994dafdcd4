/**
 * Mutants that change nothing anybody could see, each with its reason. One that no mutant answers to any more fails the run:
 * the reason has gone with it. A pattern stands for several that have the same reason.
 */
export const equivalent: { mutant: string | RegExp; because: string }[] = [];
