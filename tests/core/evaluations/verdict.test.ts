import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilson } from '../../../src/lib/core/math/binomial.ts';
import type { Tally } from '../../../src/lib/core/evaluations/tally.ts';
import { judge, verdictKind } from '../../../src/lib/core/evaluations/verdict.ts';

/** A fair, finished evaluation; what is given is different. */
const tally = (wins: number, losses: number, more: Partial<Tally> = {}): Tally => {
	const { ties = 0, bothBad = 0 } = more;
	const planned = wins + losses + ties + bothBad;
	return { wins, losses, ties, bothBad, planned, leaked: 0, positionFirst: Math.floor((wins + losses) / 2), ...more };
};
const kind = (wins: number, losses: number, more: Partial<Tally> = {}) => judge(tally(wins, losses, more)).kind;

test('a leaked item blocks even 24–0', () => {
	expect(kind(24, 0)).toBe('ship-it');
	expect(kind(24, 0, { leaked: 1 })).toBe('blocked');
	expect(kind(0, 24, { leaked: 1 })).toBe('blocked');
});

test('both bad between 20 and 40 % prevents SHIP IT, from 40 % on there is no verdict', () => {
	expect(kind(36, 4, { bothBad: 10 })).toBe('ship-it'); // exactly 20 %
	expect(kind(36, 4, { bothBad: 11 })).toBe('promising');
	expect(kind(36, 4, { bothBad: 26 })).toBe('promising');
	expect(kind(35, 4, { bothBad: 26 })).toBe('blocked'); // exactly 40 %
	expect(kind(4, 36, { bothBad: 11 })).toBe('dont-ship');
});

test('a favoured side of the screen prevents SHIP IT, and only that', () => {
	expect(kind(18, 6, { positionFirst: 12 })).toBe('ship-it');
	expect(kind(18, 6, { positionFirst: 18 })).toBe('promising');
	expect(kind(6, 18, { positionFirst: 18 })).toBe('dont-ship');
});

test('before the planned end either verdict needs strong evidence', () => {
	expect(kind(18, 6, { planned: 40 })).toBe('promising'); // significant, but E = 5
	expect(kind(6, 18, { planned: 40 })).toBe('need-more-data');
	expect(kind(20, 4, { planned: 40 })).toBe('ship-it'); // E = 63
	expect(kind(4, 20, { planned: 40 })).toBe('dont-ship');
	expect(kind(0, 8, { planned: 40 })).toBe('dont-ship');
	expect(kind(8, 0, { planned: 40 })).toBe('promising'); // never below 12 decisive votes
});

test('a plan raised afterwards does not make a verdict', () => {
	expect(kind(18, 6, { planned: 20 })).toBe('promising');
	expect(judge(tally(18, 6, { planned: 20 })).sentence).toMatch(/24 were judged where 20 were planned/);
});

test('p is below .045 for DON’T SHIP, and below .05 for SHIP IT, whatever the interval says', () => {
	expect(kind(25, 12)).toBe('ship-it'); // p = .0470
	expect(kind(12, 25)).toBe('need-more-data');
	expect(kind(32, 18)).toBe('promising'); // 50 to 76 %, but p = .065
	expect(kind(1, 7)).toBe('need-more-data'); // 2 to 47 %, but p = .070
});

test('DON’T SHIP waits for 8 decisive votes', () => {
	expect(kind(0, 6)).toBe('need-more-data'); // p = .031
	expect(kind(0, 7)).toBe('need-more-data'); // p = .016
	expect(kind(0, 8)).toBe('dont-ship');
});

test('PROMISING begins at six decisive votes and 60 %', () => {
	expect(kind(3, 2)).toBe('need-more-data');
	expect(kind(4, 2)).toBe('promising');
	expect(kind(6, 4)).toBe('promising');
	expect(kind(59, 40)).toBe('need-more-data');
});

test('too close to call from 100 decisive votes on, with the interval inside 40 to 60 %', () => {
	expect(kind(50, 50)).toBe('too-close');
	expect(kind(48, 48)).toBe('need-more-data'); // 40–60 %, but too few to say so
	expect(kind(53, 47)).toBe('need-more-data'); // up to 62 %
	expect(kind(47, 53)).toBe('need-more-data'); // from 38 %
	expect(kind(200, 200, { planned: 500 })).toBe('too-close');
});

test('five decisive votes or fewer never lead to a verdict, and never promise', () => {
	for (let wins = 0; wins <= 5; wins++) {
		for (let losses = 0; wins + losses <= 5; losses++) {
			for (const planned of [wins + losses, 40]) expect(kind(wins, losses, { planned })).toBe('need-more-data');
		}
	}
	expect(kind(6, 0)).toBe('promising');
});

const counts = fc.record({
	wins: fc.nat(150),
	losses: fc.nat(150),
	ties: fc.nat(60),
	bothBad: fc.nat(40),
	planned: fc.nat(400),
	leaked: fc.constant(0),
	positionFirst: fc.constant(0),
	positionVotes: fc.constant(0)
});

test('no SHIP IT below 12 decisive votes, no DON’T SHIP below 8, and never against the interval', () => {
	fc.assert(
		fc.property(counts, (t) => {
			const { kind, decisive, interval, p } = judge(t);
			if (kind === 'ship-it') {
				expect(decisive).toBeGreaterThanOrEqual(12);
				expect(interval![0]).toBeGreaterThan(0.5);
				expect(p).toBeLessThan(0.05);
			}
			if (kind === 'dont-ship') {
				expect(decisive).toBeGreaterThanOrEqual(8);
				expect(interval![1]).toBeLessThan(0.5);
			}
		}),
		{ numRuns: 2000 }
	);
});

test('ties, both bad, skipped and unjudged items never change the win rate', () => {
	fc.assert(
		fc.property(counts, fc.nat(50), fc.nat(50), fc.nat(50), (t, ties, bothBad, unjudged) => {
			const one = judge(t);
			const two = judge({ ...t, ties: t.ties + ties, bothBad: t.bothBad + bothBad, planned: t.planned + unjudged });
			expect(two.winRate).toBe(one.winRate);
			expect(two.interval).toEqual(one.interval);
			expect(two.p).toBe(one.p);
		})
	);
	expect(judge(tally(0, 0, { ties: 5, planned: 9 }))).toMatchObject({
		winRate: null,
		interval: null,
		p: 1,
		judged: 5,
		decisive: 0
	});
});

test('one more win instead of a loss never makes a finished verdict worse', () => {
	const order = ['dont-ship', 'need-more-data', 'too-close', 'promising', 'ship-it'];
	for (let d = 1; d <= 120; d++) {
		const found = Array.from({ length: d + 1 }, (_, wins) => order.indexOf(verdictKind(tally(wins, d - wins))));
		// between losing and leading, "no practical difference" and "no lead yet" may alternate
		const ranked = found.map((rank) => (rank === 2 ? 1 : rank));
		expect(ranked).toEqual([...ranked].sort((one, two) => one - two));
	}
});

test('fragility is how many changed votes remove the verdict', () => {
	expect(judge(tally(18, 6)).fragility).toBe(1);
	expect(judge(tally(20, 6)).fragility).toBe(2);
	expect(judge(tally(4, 20)).fragility).toBe(3);
	expect(judge(tally(12, 0)).fragility).toBe(1); // a tie instead of a win leaves 11 decisive votes
	expect(judge(tally(36, 4, { bothBad: 10 })).fragility).toBe(1); // one more both bad is above 20 %
	expect(judge(tally(9, 6)).fragility).toBeNull();
	expect(judge(tally(18, 6)).checks).toContainEqual({
		name: 'fragility',
		state: 'warn',
		sentence: '1 changed vote would remove SHIP IT.'
	});
});

test('a vote that nobody gave cannot be changed', () => {
	// no win to take: one loss becomes a win (p = .039), a tie or both bad (0 of 8, p = .008), and all of these keep the verdict
	for (const more of [{}, { ties: 5 }, { bothBad: 1 }]) expect(judge(tally(0, 9, more)).fragility).toBe(2);
});

test('fragility is true: one vote fewer, changed in the same way, keeps the verdict', () => {
	for (let wins = 15; wins <= 60; wins += 3) {
		const { kind, fragility } = judge(tally(wins, 4));
		expect(kind).toBe('ship-it');
		for (let k = 1; k < fragility!; k++) expect(verdictKind(tally(wins - k, 4 + k))).toBe('ship-it');
	}
});

test('the verdict carries the numbers it was made from', () => {
	const verdict = judge(tally(18, 6, { ties: 3, bothBad: 1 }), { a: 'v2', b: 'base' });
	expect(verdict).toMatchObject({ kind: 'ship-it', title: 'SHIP IT', winRate: 0.75, decisive: 24, judged: 28 });
	expect(verdict.interval).toEqual(wilson(18, 24));
	expect(verdict.checks.map(({ name }) => name)).toEqual(['leak', 'both bad', 'position', 'progress', 'fragility']);
	expect(verdict.checks.every(({ sentence }) => /^[A-Z0-9].*\.$/.test(sentence))).toBe(true);
});
