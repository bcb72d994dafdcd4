import { expect, test } from 'vitest';
import { decisionOf, isComplete, isUneven, verdictKind } from '../../../src/lib/core/evaluations/rules.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';

const tally = (wins: number, losses: number, ties = 0, more: Partial<Tally> = {}): Tally => ({
	...singleTally({ wins, losses, ties, bothBad: 0 }),
	...more
});
const planned = (t: Tally, prompts: number): Tally => ({ ...t, plan: { ...t.plan, prompts } });
const within = (delta: number, t: Tally): Tally => ({ ...t, plan: { ...t.plan, delta } });

test('a plan is complete when what was skipped and what was judged are all of it', () => {
	expect(isComplete(planned(tally(3, 1, 0, { skipped: 1 }), 5))).toBe(true);
	expect(isComplete(planned(tally(3, 1, 0, { skipped: 1 }), 3))).toBe(false);
	expect(isComplete(tally(3, 1, 0, { continued: true }))).toBe(false);
});

test('nothing is shipped or rejected where neither leads', () => {
	expect(decisionOf(tally(12, 12))).toBeNull();
	expect(decisionOf(tally(0, 0, 40))).toBeNull();
	expect(decisionOf(tally(0, 0))).toBeNull();
});

test('answers are uneven from a tenth of the prompts on, and never where both lack the same', () => {
	const broken = (a: number, b: number) => isUneven(tally(20, 20, 0, { broken: { a, b } }));
	expect([broken(3, 0), broken(4, 0), broken(0, 4), broken(9, 9)]).toEqual([false, true, true, false]);
});

test('TOO CLOSE takes 40 prompts, and a plan at its end or one that was continued', () => {
	expect(verdictKind(tally(0, 0, 39))).toBe('need-more-data');
	expect(verdictKind(tally(0, 0, 40))).toBe('too-close');
	expect(verdictKind(planned(tally(0, 0, 200), 201))).toBe('need-more-data');
	expect(verdictKind(planned(tally(0, 0, 200, { continued: true }), 201))).toBe('too-close');
});

test('TOO CLOSE needs both ends of the interval within what was asked for', () => {
	// 20 : 19 of 79 lies between −14 and +17 points, 19 : 20 between −17 and +14
	expect(verdictKind(within(18, tally(20, 19, 40)))).toBe('too-close');
	expect(verdictKind(within(15, tally(20, 19, 40)))).toBe('need-more-data');
	expect(verdictKind(within(18, tally(19, 20, 40)))).toBe('too-close');
	expect(verdictKind(within(15, tally(19, 20, 40)))).toBe('need-more-data');
});

test('a lead is promising from ten points and six clear winners on', () => {
	expect(verdictKind(tally(6, 5))).toBe('need-more-data');
	expect(verdictKind(tally(11, 9))).toBe('promising'); // ten points
	expect(verdictKind(tally(4, 1))).toBe('need-more-data');
	expect(verdictKind(tally(4, 2))).toBe('promising');
});
