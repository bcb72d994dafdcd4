import { type Counts, countsOf, type Tally } from './tally.ts';
import type { Names } from './verdict-sentence.ts';
import type { Verdict } from './verdict.ts';

/** What a list says of a revealed evaluation; the run is the one whose wins are counted. */
export type EvaluationResult = Pick<
	Verdict,
	'kind' | 'title' | 'netPreference' | 'interval' | 'winRate' | 'winInterval'
> &
	Counts & { version: string; against: string };

/** A verdict and its counts as they are kept at the evaluation. */
export const resultOf = (verdict: Verdict, tally: Tally, names: Names): EvaluationResult => {
	const { kind, title, netPreference, interval, winRate, winInterval } = verdict;
	const { a: version, b: against } = names;
	return { version, against, kind, title, netPreference, interval, winRate, winInterval, ...countsOf(tally) };
};
