/**
 * Mutants that change nothing anybody could see, each with its reason. One that no mutant answers to any more fails the run:
 * the reason has gone with it. A pattern stands for several that have the same reason.
 */
export const equivalent: { mutant: string | RegExp; because: string }[] = [
	{
		mutant: /^policies\/(evaluations|examples|imports|runs|servings)_change check: without \(\(app_all_projects/,
		because: 'the trigger that freezes the project of a row is asked first, and `using` has seen the same project'
	}
];
