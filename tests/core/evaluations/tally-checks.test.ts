import { expect, test } from 'vitest';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';
import { tallyChecks } from '../../../src/lib/core/evaluations/tally-checks.ts';

const names = { a: 'v3', b: 'base' };
const tally = (more: Partial<Tally> = {}): Tally => ({
	...singleTally({ wins: 18, losses: 6, ties: 16, bothBad: 0 }),
	...more
});
const allOf = (t: Tally, fragility: number | null = null, more = {}) =>
	tallyChecks(t, { ...names, ...more }, { fragility, title: 'SHIP IT' });
const one = (name: string, t: Tally, more = {}) => allOf(t, null, more).find((check) => check.name === name)!;
const bad = (bothBad: number, of = 40): Tally =>
	singleTally({ wins: of - bothBad, losses: 0, ties: 0, bothBad }, { planned: 40 });

test('a leak of one and of several', () => {
	expect(one('leak', tally()).state).toBe('ok');
	expect(one('leak', tally({ leaked: 1 })).sentence).toMatch(/^1 prompt of this evaluation was /);
	expect(one('leak', tally({ leaked: 2 })).sentence).toMatch(/^2 prompts of this evaluation were /);
});

test('only where one side is untold is there another that was looked at', () => {
	expect(one('leak', tally(), { untold: ['x'] })).toMatchObject({ state: 'untested', show: null });
	expect(one('leak', tally(), { untold: ['x'] }).sentence).toMatch(/the other\.$/);
	expect(one('leak', tally(), { untold: ['x', 'y'] }).sentence).not.toMatch(/the other/);
});

test('prompts that nearly say the same, one and several', () => {
	expect(one('near-duplicates', tally({ alike: 1 })).sentence).toMatch(/^1 prompt nearly says /);
	expect(one('near-duplicates', tally({ alike: 2 })).sentence).toMatch(/^2 prompts nearly say /);
});

test.each([
	[0, 40, 'ok', null],
	[1, 40, 'ok', 'both-bad'],
	[8, 40, 'ok', 'both-bad'],
	[9, 40, 'warn', 'both-bad'],
	[15, 40, 'warn', 'both-bad'],
	[16, 40, 'block', 'both-bad'],
	[0, 0, 'ok', null]
])('both bad in %i of %i: %s', (count, of, state, show) => {
	const check = one('both bad', bad(count, of));
	expect(check).toMatchObject({ state, show });
	expect(check.sentence).toContain(`${count} of ${of}.`);
	expect(/20 %/.test(check.sentence)).toBe(state === 'warn');
});

test('a plan is kept when all is judged, or what is left was skipped', () => {
	const plan = (t: Tally) => one('plan', t);
	expect(plan(tally())).toMatchObject({ state: 'ok', sentence: expect.not.stringContaining('skipped') });
	const skipped = tally({ skipped: 2, plan: { prompts: 42, votes: 1, delta: 20, attempt: 1 } });
	expect(plan(skipped)).toMatchObject({ state: 'ok', sentence: expect.stringContaining('skipped') });
	expect(plan(tally({ plan: { ...tally().plan, votes: 1 } })).sentence).not.toContain('votes each');
	expect(plan(tally({ plan: { ...tally().plan, votes: 2 } })).sentence).toContain('2 votes each');
});

test('before its end a plan is fine only where the votes are clear enough', () => {
	const before = (wins: number) => singleTally({ wins, losses: 0, ties: 0, bothBad: 0 }, { planned: 40 });
	expect(one('plan', before(7)).state).toBe('warn');
	expect(one('plan', before(8))).toMatchObject({ state: 'ok', sentence: expect.stringContaining('early') });
	expect(one('plan', tally({ continued: true })).state).toBe('warn');
});

test('the second try warns, the first does not', () => {
	expect(one('tries', tally()).state).toBe('ok');
	expect(one('tries', tally({ plan: { ...tally().plan, attempt: 2 } })).state).toBe('warn');
});

test('fragility is told of a verdict that has one, and warns at one prompt', () => {
	const of = (fragility: number | null) => allOf(tally(), fragility).slice(6);
	expect(of(null)).toEqual([]);
	expect(of(1)).toMatchObject([{ name: 'fragility', state: 'warn' }]);
	expect(of(2)).toMatchObject([{ name: 'fragility', state: 'ok' }]);
});
