import type { Tally } from './tally.ts';
import type { Names } from './verdict-sentence.ts';
import type { Verdict } from './verdict.ts';

/** What a list says of a revealed evaluation; the run is the one whose wins are counted. */
export type EvaluationResult = Pick<Verdict, 'kind' | 'title' | 'winRate' | 'interval'> & {
	version: string;
	against: string;
	wins: number;
	losses: number;
	ties: number;
	bothBad: number;
};

/** A verdict and its counts as they are kept at the evaluation. */
export const resultOf = (
	{ kind, title, winRate, interval }: Verdict,
	{ wins, losses, ties, bothBad }: Pick<Tally, 'wins' | 'losses' | 'ties' | 'bothBad'>,
	names: Names
): EvaluationResult => ({
	version: names.a,
	against: names.b,
	kind,
	title,
	winRate,
	interval,
	wins,
	losses,
	ties,
	bothBad
});
