import { expect, test } from 'vitest';
import {
	isBothBad,
	lossesOf,
	netPreference,
	outcomeOf,
	sameOf,
	scoreOf,
	scoresFrom,
	winsOf
} from '../../../src/lib/core/evaluations/scores.ts';

test('a prompt counts when it has its votes, by the first of them; later ones change nothing', () => {
	expect(scoreOf([], 1)).toBeNull();
	expect(scoreOf(['a'], 2)).toBeNull();
	expect(outcomeOf(['a'], 2)).toBeNull();
	expect(scoreOf(['a', 'b', 'b', 'b'], 1)).toBe(1);
	expect(scoreOf(['a', 'tie', 'b', 'b'], 2)).toBe(1);
	expect(outcomeOf(['a', 'tie', 'b', 'b'], 2)).toBe('a');
	expect(outcomeOf(['a', 'b'], 2)).toBe('tie');
	expect(outcomeOf(['b', 'both_bad', 'both_bad'], 3)).toBe('b');
});

test('both bad is what everybody called so; otherwise it is no difference', () => {
	expect(isBothBad(['both_bad', 'both_bad', 'a'], 2)).toBe(true);
	expect(isBothBad(['both_bad'], 2)).toBe(false);
	expect(outcomeOf(['both_bad', 'tie'], 2)).toBe('tie');
	expect(outcomeOf(['both_bad', 'both_bad', 'both_bad'], 3)).toBe('both_bad');
});

test('the net preference is the mean score', () => {
	const scores = scoresFrom([2, 2, 1, 0, -1], 2); // +1, +1, +½, 0, −½
	expect(scores.counts).toEqual([0, 1, 1, 1, 2]);
	expect(netPreference(scores)).toBeCloseTo(2 / 5, 12);
	expect([winsOf(scores), lossesOf(scores), sameOf(scores)]).toEqual([3, 1, 1]);
	expect(netPreference(scoresFrom([], 1))).toBeNull();
});
