import { expect, test } from 'vitest';
import type { EvaluationResult } from '../../../src/lib/core/evaluations/result.ts';
import { trendOf } from '../../../src/lib/core/evaluations/trend.ts';

const result = (version: string, netPreference: number | null, against = 'base') => {
	const interval: [number, number] | null = netPreference === null ? null : [netPreference - 0.1, netPreference + 0.1];
	return { version, against, netPreference, interval } as EvaluationResult;
};

test('the newest result of each version against the base, in the order of the versions', () => {
	const points = trendOf([
		{ runId: 'ten', result: result('v10', 0.8) },
		{ runId: 'two', result: result('v2', null) },
		{ runId: 'two', result: result('v2', 0.7) },
		{ runId: 'nine', result: result('v9', 0.9, 'v2') },
		{ runId: 'ten', result: result('v10', 0.4) },
		{ runId: 'one', result: result('v1', 0.6) }
	]);
	expect(points.map(({ version, netPreference }) => [version, netPreference])).toEqual([
		['v1', 0.6],
		['v2', 0.7],
		['v10', 0.8]
	]);
	expect(trendOf([])).toEqual([]);
});
