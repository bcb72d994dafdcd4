import { expect, test } from 'vitest';
import { barOf } from '../../../src/lib/core/evaluations/plan.ts';
import { decisionOf, isProven, verdictKind } from '../../../src/lib/core/evaluations/rules.ts';
import { scoresFrom } from '../../../src/lib/core/evaluations/scores.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';

const tally = (
	wins: number,
	losses: number,
	more: Partial<Tally> & { ties?: number; bad?: number; planned?: number } = {}
): Tally => {
	const { ties = 0, bad = 0, planned, ...rest } = more;
	return { ...singleTally({ wins, losses, ties, bothBad: bad }, planned === undefined ? {} : { planned }), ...rest };
};
const attempt = (t: Tally, j: number): Tally => ({ ...t, plan: { ...t.plan, attempt: j } });

test.each([
	['blocked', tally(24, 0, { leaked: 1 })],
	['blocked', tally(24, 0, { bad: 16 })],
	['blocked', tally(24, 0, { broken: { a: 0, b: 3 } })],
	['ship-it', tally(24, 0, { broken: { a: 1, b: 3 } })],
	['ship-it', tally(18, 6, { ties: 16 })],
	['need-more-data', tally(17, 13, { ties: 12 })],
	['dont-ship', tally(6, 18)],
	['dont-ship', tally(0, 8)],
	['too-close', tally(20, 19, { ties: 40 })],
	['promising', tally(9, 6)],
	['need-more-data', tally(4, 1, { ties: 1 })],
	['need-more-data', tally(0, 0, { planned: 40 })]
] as const)('%s', (kind, t) => {
	expect(verdictKind(t)).toBe(kind);
});

test('both bad between 20 and 40 % prevents SHIP IT, and only that', () => {
	expect(verdictKind(tally(24, 0, { bad: 6 }))).toBe('ship-it');
	expect(verdictKind(tally(24, 0, { bad: 7 }))).toBe('promising');
	expect(judge(tally(24, 0, { bad: 7 })).sentence).toBe(
		'Leading 24–0, but: both answers were bad in 7 of 31; at most 20 % allow SHIP IT.'
	);
	expect(verdictKind(tally(0, 24, { bad: 7 }))).toBe('dont-ship');
});

test('no verdict in either direction at 5 decisive prompts, SHIP IT from 12, DON’T SHIP from 8', () => {
	for (let wins = 0; wins <= 30; wins++)
		for (let losses = 0; wins + losses <= 30; losses++)
			for (const planned of [wins + losses, 60]) {
				const decision = decisionOf(tally(wins, losses, { planned }));
				if (wins + losses < 12) expect(decision).not.toBe('ship-it');
				if (wins + losses < 8) expect(decision).toBeNull();
				if (decision === 'ship-it') expect(wins).toBeGreaterThan(losses);
				if (decision === 'dont-ship') expect(losses).toBeGreaterThan(wins);
			}
});

test('before the plan is complete only evidence of 20 counts, in either direction', () => {
	expect(verdictKind(tally(18, 6, { planned: 25 }))).not.toBe('ship-it');
	expect(verdictKind(tally(11, 1, { planned: 25 }))).toBe('ship-it');
	expect(verdictKind(tally(6, 18, { planned: 25 }))).not.toBe('dont-ship');
	expect(verdictKind(tally(0, 8, { planned: 25 }))).toBe('dont-ship');
});

test('after Continue only evidence counts, whatever the number of prompts', () => {
	expect(verdictKind(tally(18, 6))).toBe('ship-it');
	expect(verdictKind(tally(18, 6, { continued: true }))).toBe('promising');
	expect(verdictKind(tally(24, 6, { continued: true }))).toBe('ship-it');
	expect(judge(tally(24, 6, { continued: true })).checks.find(({ name }) => name === 'plan')!.sentence).toMatch(
		/seen results before/
	);
});

test('the second comparison of a model needs p < .0125, or evidence of 80', () => {
	expect(barOf(2)).toEqual({ p: 0.0125, reject: 0.01125, evidence: 80 });
	expect(verdictKind(tally(18, 6))).toBe('ship-it');
	expect(verdictKind(attempt(tally(18, 6), 2))).toBe('promising');
	expect(verdictKind(attempt(tally(19, 5), 2))).toBe('ship-it');
	expect(isProven(attempt(tally(11, 1, { planned: 40 }), 2))).toBe(false);
	expect(isProven(attempt(tally(12, 0, { planned: 40 }), 2))).toBe(true);
});

test('TOO CLOSE has its number, its interval and what was asked for', () => {
	const t = tally(20, 19, { ties: 40 });
	expect(judge(t).sentence).toBe(
		'No difference that matters to you: +1 points, between −14 and +17, and you asked for 20.'
	);
	expect(verdictKind({ ...t, plan: { ...t.plan, delta: 15 } })).not.toBe('too-close');
	expect(verdictKind(tally(3, 3, { ties: 33 }))).not.toBe('too-close'); // 39 prompts
});

test('the k+1st vote of a prompt, and the order of prompts, change nothing', () => {
	const one = { ...tally(0, 0), scores: scoresFrom([2, 2, -1, 0, 1], 2) };
	const other = { ...tally(0, 0), scores: scoresFrom([0, -1, 2, 1, 2], 2) };
	expect(judge(one)).toEqual(judge(other));
});

test.each([
	[18, 6, 1],
	[20, 6, 2]
])('fragility of %i–%i is %i', (wins, losses, fragility) => {
	expect(judge(tally(wins, losses)).fragility).toBe(fragility);
	expect(judge(tally(losses, wins)).fragility).toBe(fragility);
});

test('fragility counts every way to turn: 12–0 falls with one tie, and with bad answers', () => {
	expect(judge(tally(12, 0)).fragility).toBe(1);
	expect(judge(tally(40, 2, { bad: 9 })).fragility).toBe(2);
	expect(judge(tally(9, 6)).fragility).toBeNull();
	expect(
		judge({ ...tally(0, 0, { planned: 16 }), scores: scoresFrom(new Array(16).fill(2), 2) }).fragility
	).toBeGreaterThan(1);
});

test('18–6 of 40 in words and numbers', () => {
	const verdict = judge(tally(18, 6, { ties: 14, bad: 2 }), { a: 'v3', b: 'base', people: ['Ana', 'Ben'] });
	expect(verdict.sentence).toBe(
		'Better in 18, worse in 6, no difference in 16 of 40, in the eyes of 2 people: +30 points (6 to 50). Equal models would do this once in 100 times.'
	);
	expect(verdict).toMatchObject({ netPreference: 0.3, winRate: 0.75, decisive: 24, judged: 40, fragility: 1 });
	expect(verdict.p).toBeCloseTo(0.0227, 4);
	expect(verdict.winInterval!.map((end) => Math.round(100 * end))).toEqual([55, 88]);
	expect(verdict.interval!.map((end) => Math.round(100 * end))).toEqual([6, 50]);
});

test('before the plan is complete the numbers are those that hold at any time', () => {
	const verdict = judge(tally(11, 1, { planned: 40 }));
	expect(verdict.p).toBeCloseTo(1 / verdict.evidence, 12);
	expect(verdict.interval![0]).toBeGreaterThan(0);
	expect(verdict.sentence).toMatch(/Equal models would do this \d+ in 100 times\.$/);
	expect(judge(tally(9, 2, { planned: 40 })).interval![0]).toBeLessThan(0);
});

test('a gain that is surely smaller than asked for says so', () => {
	const sentence = judge({ ...tally(60, 20, { ties: 320 }) }).sentence;
	expect(sentence).toMatch(/\+10 points \(6 to 14\), less than the 20 you asked for\./);
});

test('worse, and whose taste it is', () => {
	expect(judge(tally(4, 16, { ties: 20 }), { a: 'v3', b: 'base', people: ['Ana'] }).sentence).toBe(
		'Worse than base, in Ana’s eyes: −30 points (−49 to −9).'
	);
});

test('every obstacle is named', () => {
	const said = (t: Tally) => judge(t, { a: 'v3', b: 'base', maxTokens: 512 }).sentence;
	expect(said(tally(0, 0, { planned: 40 }))).toMatch(/^Nothing is judged yet/);
	expect(said(tally(4, 1))).toBe('Only 5 prompts with a clear winner; 12 is the minimum to ship.');
	expect(said(tally(1, 4))).toBe('Only 5 prompts with a clear winner, 1–4; 8 is the minimum to say worse.');
	expect(said(tally(14, 20))).toMatch(/^Behind 14–20: not enough to say worse\. /);
	expect(said(tally(8, 8))).toMatch(/^8–8: no lead yet\. /);
	expect(said(tally(9, 6))).toMatch(/^Leading 9–6\. With \d+ more prompts there is .* chance of a verdict/);
	expect(said(tally(2, 1, { bad: 1 }))).toBe('Both answers were bad in 1 of 4; at most 20 % allow SHIP IT.');
	expect(said(tally(24, 0, { leaked: 3 }))).toBe('Not a fair test: 3 of its prompts were in training.');
	expect(said(tally(9, 1, { bad: 8 }))).toBe('Not a fair test: both answers were bad in 8 of 18.');
	expect(said(tally(12, 0, { broken: { a: 0, b: 12 } }))).toBe(
		'Not a fair test: 12 of the answers of base were cut off at 512 tokens or empty, and 0 of the other’s.'
	);
});

test('equal models whose base answers are all cut off never ship', () => {
	for (const wins of [12, 24, 40]) expect(verdictKind(tally(wins, 0, { broken: { a: 0, b: wins } }))).toBe('blocked');
});

test('where nothing counts there is no interval and no rate, and without names the other side is the base', () => {
	expect(judge(singleTally({ wins: 0, losses: 0, ties: 0, bothBad: 0 }, { planned: 5 }))).toMatchObject({
		netPreference: null,
		interval: null,
		winRate: null,
		winInterval: null
	});
	expect(judge(singleTally({ wins: 0, losses: 8, ties: 0, bothBad: 0 })).sentence).toMatch(/than base:/);
});
