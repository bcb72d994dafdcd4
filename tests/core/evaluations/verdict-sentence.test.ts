import fc from 'fast-check';
import { expect, test } from 'vitest';
import { powerOf } from '../../../src/lib/core/evaluations/power.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';
import type { Tally } from '../../../src/lib/core/evaluations/tally.ts';

const sentence = (wins: number, losses: number, more: Partial<Tally> = {}, names = { a: 'v2', b: 'base' }) => {
	const { ties = 0, bothBad = 0 } = more;
	const planned = wins + losses + ties + bothBad;
	const half = Math.floor((wins + losses) / 2);
	return judge({ wins, losses, ties, bothBad, planned, leaked: 0, positionFirst: half, ...more }, names).sentence;
};

test('the sentences, word for word', () => {
	expect(sentence(24, 0, { leaked: 3 })).toBe('Not a fair test: 3 items were in training.');
	expect(sentence(24, 0, { leaked: 1 })).toBe('Not a fair test: 1 item was in training.');
	expect(sentence(4, 16)).toBe('Worse than base: won 4 of 20 (8–42 %).');
	expect(sentence(18, 6)).toBe('Won 18 of 24 decisive (55–88 %). A coin would do this 2 in 100 times.');
	expect(sentence(50, 50)).toBe('No practical difference.');
	expect(sentence(9, 6)).toBe(
		'Leading 9–6, but 36–80 % is compatible with no gain. About 195 more decisive comparisons would settle a lead this size (true 60 %).'
	);
	expect(sentence(3, 2)).toBe('Only 5 decisive votes; 12 is the minimum to ship.');
	expect(sentence(5, 6, { bothBad: 9 })).toBe('Not a fair test: both answers were bad in 9 of 20.');
	expect(sentence(7, 7)).toBe('14 decisive votes, 7–7: no lead yet.');
});

test('the other side is called by its name', () => {
	expect(sentence(4, 16, {}, { a: 'v3', b: 'v2' })).toBe('Worse than v2: won 4 of 20 (8–42 %).');
	expect(sentence(6, 8, {}, { a: 'v3', b: 'v2' })).toBe('14 decisive votes, 6–8: v3 is not clearly behind.');
});

test('a rare coin is told in thousands', () => {
	expect(sentence(20, 4)).toMatch(/A coin would do this 2 in 1,000 times\.$/);
	expect(sentence(40, 4)).toMatch(/A coin would do this less than once in 1,000 times\.$/);
});

test('a clear lead says what still stands before the verdict', () => {
	expect(sentence(9, 1)).toBe('Leading 9–1 (60–98 %), but 12 decisive votes are the minimum to ship.');
	expect(sentence(18, 6, { planned: 40 })).toBe('Leading 18–6 (55–88 %), but only 24 of the planned 40 are judged.');
	expect(sentence(18, 6, { positionFirst: 20 })).toMatch(/, but the place on the screen swayed the votes\.$/);
	expect(sentence(36, 4, { bothBad: 15 })).toMatch(/, but both answers were bad in 15 of 55\.$/);
	expect(sentence(60, 40)).toBe('Leading 60–40 (50–69 %), but a coin would do this 6 in 100 times.');
	expect(sentence(6, 18, { planned: 40 })).toBe('Behind 6–18 (12–45 %), but only 24 of the planned 40 are judged.');
});

test('what prevents SHIP IT is not held against a side that is behind', () => {
	expect(sentence(1, 9, { planned: 40 })).toBe('Behind 1–9 (2–40 %), but only 10 of the planned 40 are judged.');
	expect(sentence(6, 18, { planned: 60, bothBad: 8 })).toMatch(/, but only 32 of the planned 60 are judged\.$/);
	expect(sentence(6, 18, { planned: 40, positionFirst: 20 })).toMatch(/, but only 24 of the planned 40 are judged\.$/);
	expect(sentence(1, 7)).toBe('Behind 1–7 (2–47 %), but a coin would do this 7 in 100 times.');
});

test('twelve decisive votes are enough of them', () => {
	expect(sentence(10, 2, { planned: 40 })).toBe('Leading 10–2 (55–95 %), but only 12 of the planned 40 are judged.');
	expect(sentence(10, 1, { planned: 40 })).toMatch(/, but 12 decisive votes are the minimum to ship\.$/);
});

test('exactly 20 % both bad stand in nobody’s way', () => {
	expect(sentence(18, 6, { planned: 40, bothBad: 6 })).toMatch(/, but only 30 of the planned 40 are judged\.$/);
	expect(sentence(18, 6, { planned: 40, bothBad: 7 })).toMatch(/, but both answers were bad in 7 of 31\.$/);
});

test('a small lead over many votes is clear too, and waits for the plan', () => {
	expect(sentence(118, 82, { planned: 400 })).toBe(
		'Leading 118–82 (52–66 %), but only 200 of the planned 400 are judged.'
	);
});

test('a promise says how many votes would settle it, and they are more than there are', () => {
	let promises = 0;
	for (let d = 6; d <= 120; d++) {
		for (let wins = Math.ceil(d / 2); wins <= d; wins++) {
			const more = /is compatible with no gain\. About (\d+) more decisive/.exec(sentence(wins, d - wins));
			if (!more) continue;
			promises++;
			expect(powerOf({ pairs: d + Number(more[1]), winRate: wins / d })).toBeGreaterThanOrEqual(0.8);
			expect(powerOf({ pairs: d, winRate: wins / d })).toBeLessThan(0.8);
		}
	}
	expect(promises).toBeGreaterThan(100);
});

test('below 8 decisive votes nobody is said to lead or to be behind, below 12 to have no lead', () => {
	expect(sentence(5, 0)).toBe('Only 5 decisive votes; 12 is the minimum to ship.');
	expect(sentence(0, 7)).toBe('Only 7 decisive votes; 12 is the minimum to ship.');
	expect(sentence(5, 6)).toBe('Only 11 decisive votes; 12 is the minimum to ship.');
	expect(sentence(6, 6)).toBe('12 decisive votes, 6–6: no lead yet.');
});

test('before and between there is a plain sentence too', () => {
	expect(sentence(0, 0, { planned: 40 })).toBe('No decisive votes yet; 12 is the minimum to ship.');
	expect(sentence(1, 0, { planned: 40 })).toBe('Only 1 decisive vote; 12 is the minimum to ship.');
	expect(sentence(8, 6)).toBe('14 decisive votes, 8–6: no clear lead yet.');
});

test('every verdict is one or two whole sentences that never boast', () => {
	const some = fc.record({
		wins: fc.nat(120),
		losses: fc.nat(120),
		ties: fc.nat(30),
		bothBad: fc.nat(60),
		planned: fc.nat(250),
		leaked: fc.nat(2),
		positionFirst: fc.nat(60),
		positionVotes: fc.constant(60)
	});
	fc.assert(
		fc.property(some, (t) => {
			const text = judge(t).sentence;
			expect(text).toMatch(/^[A-Z0-9].*\.$/);
			expect(text).not.toMatch(/NaN|null|undefined|Infinity|signific|outperform|-\d/);
		}),
		{ numRuns: 1000 }
	);
});
