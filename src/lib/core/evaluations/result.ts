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
