/**
 * Mutants of core that change nothing anybody could see, each with its reason. One that no living mutant answers to any more
 * fails the run: the reason has gone with it. A pattern stands for several that have the same reason.
 */
export const equivalentInCore: { mutant: string | RegExp; because: string }[] = [
	{
		mutant: 'project/next-step.ts: ;',
		because: 'the line is for the types: the last rule of either list always answers'
	},
	{
		mutant: 'runs/status.ts: true && rank[report.status] > rank[run.status] ? report.status : run.status;',
		because: 'a word that is not recognised has no rank, and nothing is greater than that; the types want it said'
	},
	{
		mutant:
			/^splits\/plan\.ts: if \((false|!\[\.\.\.need\.values\(\)\]\.some\(\(seats\) => (true|seats >= 0)\))\) return;$/,
		because: 'only ends the search early: where no seat is left, no family fits'
	},
	{
		mutant: /^splits\/plan\.ts: true && example\.rating >= threshold \?/,
		because: 'a missing rating is below every threshold, the least of which is 1; the types want it said'
	},
	{
		mutant: /^splits\/plan\.ts: const \{ id, place \} = places\.reduce\(\(one, two\) => \(two\.place <= one\.place/,
		because: 'of two members in the same place either names the family'
	}
];
