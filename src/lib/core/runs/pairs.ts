import { figure } from '../text/figure.ts';

/** Where a pair comes from: people's rewrites, a file that had both answers, a choice in the playground. */
export const pairSources = ['rewrite', 'import', 'playground'] as const;
export type PairSource = (typeof pairSources)[number];

/** The pairs that a training with preferences would take, and those that it leaves out, each with its reason. */
export type PairCounts = Record<PairSource, number> & {
	/** Their prompt measures: what is in validation, or judged in a comparison, trains in no shape. */
	measures: number;
	/** Judged answers of comparisons, all of them to prompts that measure. */
	judged: number;
	/** Rewritten, but not in train. */
	unassigned: number;
	/** The rewrite itself is rated below the threshold. */
	poor: number;
	/** Something that a provider would refuse. */
	unusable: number;
};

export const noPairs: PairCounts = {
	rewrite: 0,
	import: 0,
	playground: 0,
	measures: 0,
	judged: 0,
	unassigned: 0,
	poor: 0,
	unusable: 0
};

const listed = (parts: readonly string[]) =>
	parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** `12 pairs: 8 from rewrites and 4 from the playground.` */
export const pairsInWords = (counts: PairCounts): string => {
	const total = counts.rewrite + counts.import + counts.playground;
	const from = listed(
		(
			[
				[counts.rewrite, 'from rewrites'],
				[counts.import, 'from imported files'],
				[counts.playground, 'from the playground']
			] as const
		)
			.filter(([n]) => n > 0)
			.map(([n, words]) => `${figure(n)} ${words}`)
	);
	return `${figure(total)} ${total === 1 ? 'pair' : 'pairs'}${from ? `: ${from}` : ''}.`;
};

/** What is left out, and why, a clause for each reason; empty where all go along. */
export const leftOutInWords = ({ unassigned, poor, unusable, measures, judged }: PairCounts): string[] =>
	(
		[
			[unassigned, 'not in train; put them there in the split'],
			[poor, 'rated below the threshold as rewritten'],
			[unusable, 'with something that a provider would refuse'],
			[measures, 'to a prompt that is locked in validation'],
			[judged, 'judged in comparisons, whose prompts measure']
		] as const
	)
		.filter(([n]) => n > 0)
		.map(([n, words]) => `${figure(n)} ${words}`);
