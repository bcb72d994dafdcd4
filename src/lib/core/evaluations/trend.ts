import type { EvaluationResult } from './result.ts';

/** One version in the chart of net preferences against the base model, from −1 to 1. */
export type TrendPoint = {
	runId: string;
	version: string;
	netPreference: number;
	interval: [low: number, high: number];
};

const byVersion = new Intl.Collator('en', { numeric: true });

/** The newest result of each run against the base model, the first version first. `results`: the newest first. */
export const trendOf = (results: readonly { runId: string; result: EvaluationResult }[]): TrendPoint[] => {
	const newest = new Map<string, TrendPoint>();
	for (const { runId, result } of results) {
		const { against, version, netPreference, interval } = result;
		if (against !== 'base' || netPreference === null || interval === null || newest.has(runId)) continue;
		newest.set(runId, { runId, version, netPreference, interval });
	}
	return [...newest.values()].sort((one, two) => byVersion.compare(one.version, two.version));
};
