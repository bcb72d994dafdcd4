import { expect, test } from 'vitest';
import { guestNumbers, guestSentence, guestStates, guestStateWords } from '../../../src/lib/core/evaluations/guests.ts';

test('every guest counts for a pair, and every pair the same', () => {
	const numbers = guestNumbers([['a', 'a', 'b'], ['a'], ['tie', 'both_bad'], ['b'], []], 3)!;
	expect(numbers).toMatchObject({ votes: 7, pairs: 4, guests: 3 });
	expect(numbers.netPreference).toBeCloseTo(1 / 12);
	expect(numbers.interval[0]).toBeLessThan(0);
	expect(numbers.interval[1]).toBeGreaterThan(numbers.netPreference);
	expect(guestNumbers([], 0)).toBeNull();
	expect(guestNumbers([[]], 1)).toBeNull();
});

test('of one side alone the interval stays within what there is', () => {
	const { netPreference, interval } = guestNumbers(Array(40).fill(['a']), 4)!;
	expect(netPreference).toBe(1);
	expect(interval[1]).toBe(1);
	expect(interval[0]).toBeGreaterThan(0.8);
});

test('the sentence says what they said, and that it does not count', () => {
	const numbers = { votes: 31, pairs: 20, guests: 5, netPreference: 0.12, interval: [-0.1, 0.34] as [number, number] };
	expect(guestSentence(numbers, { a: 'v2' })).toBe(
		'Guests: +12 points for v2 (−10 to 34), over 20 pairs with 31 votes of 5 guests. They do not count in the verdict.'
	);
});

test('a guest who cannot vote is told why, whatever the reason', () => {
	expect(Object.keys(guestStateWords).sort()).toEqual(guestStates.filter((state) => state !== 'open').sort());
});

test('guests’ votes are widened by one on either side', () => {
	const { netPreference, interval } = guestNumbers(
		Array.from({ length: 10 }, () => ['tie'] as const),
		1
	)!;
	// 12 scores with a variance of 2/11
	const half = 1.96 * Math.sqrt(2 / 11 / 12);
	expect(netPreference).toBe(0);
	expect(interval).toEqual([expect.closeTo(-half, 12), expect.closeTo(half, 12)]);
});
