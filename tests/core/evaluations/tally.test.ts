import { expect, test } from 'vitest';
import {
	countOutcomes,
	decisiveOf,
	itemOutcome,
	judgedOf,
	type Outcome
} from '../../../src/lib/core/evaluations/tally.ts';

test.each<[Outcome[], Outcome]>([
	[['a'], 'a'],
	[['b'], 'b'],
	[['tie'], 'tie'],
	[['both_bad'], 'both_bad'],
	[['a', 'b'], 'tie'],
	[['a', 'tie'], 'tie'],
	[['a', 'a', 'b'], 'a'],
	[['b', 'both_bad', 'b'], 'b'],
	[['a', 'b', 'tie'], 'tie'],
	[['both_bad', 'both_bad', 'a'], 'both_bad'],
	[['a', 'a', 'b', 'b'], 'tie'],
	[['a', 'a', 'b', 'tie'], 'tie'],
	[['a', 'a', 'a', 'b', 'b'], 'a']
])('%j is one outcome: %s', (votes, outcome) => {
	expect(itemOutcome(votes)).toBe(outcome);
	expect(itemOutcome([...votes].reverse())).toBe(outcome);
});

test('an item has no outcome before everybody has voted', () => {
	expect(itemOutcome([])).toBeNull();
	expect(itemOutcome([], 0)).toBeNull();
	expect(itemOutcome(['a', 'a'], 3)).toBeNull();
	expect(itemOutcome(['a', 'a', 'b'], 3)).toBe('a');
});

test('an item without an outcome is in no count', () => {
	const counts = countOutcomes(['a', null, 'b', 'a', 'tie', null, 'both_bad']);
	expect(counts).toEqual({ wins: 2, losses: 1, ties: 1, bothBad: 1 });
	const tally = { ...counts, planned: 7, leaked: 0, positionFirst: 1 };
	expect(judgedOf(tally)).toBe(5);
	expect(decisiveOf(tally)).toBe(3);
});
