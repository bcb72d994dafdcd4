import { describe, expect, test } from 'vitest';
import {
	marksPassed,
	monthOf,
	monthStart,
	nextMonth,
	runCents,
	servingCents,
	sumOf
} from '../../../src/lib/core/budget/month.ts';

const at = (text: string) => new Date(text);
const run = { status: 'training', costCents: null, estimateCents: 400, stepsDone: null, stepsTotal: null } as const;

test('a month is one of the calendar, in UTC', () => {
	expect(monthOf(at('2026-11-30T23:59:59.999Z'))).toBe('2026-11');
	expect(monthOf(at('2026-12-01T00:30:00+01:00'))).toBe('2026-11');
	expect(monthStart(at('2026-11-28T10:00:00Z'))).toEqual(at('2026-11-01T00:00:00Z'));
	expect(nextMonth(at('2026-12-31T10:00:00Z'))).toEqual(at('2027-01-01T00:00:00Z'));
});

describe('a run counts for', () => {
	test.each([
		['its estimate while it goes on', run, 400],
		['what the provider names, where that is more', { ...run, costCents: 500 }, 500],
		['its estimate, where less has come together so far', { ...run, costCents: 100 }, 400],
		['nothing, where nobody knows a price', { ...run, estimateCents: null }, 0],
		['what it did cost, once it is over', { ...run, status: 'ready', costCents: 310 }, 310],
		['its estimate, where the provider never names an amount', { ...run, status: 'ready' }, 400],
		['what was billed, where it failed', { ...run, status: 'failed', costCents: 0 }, 0],
		['nothing, where it ended before it trained', { ...run, status: 'cancelled' }, 0],
		['nothing, where nobody knows of how many steps', { ...run, status: 'failed', stepsDone: 10 }, 0],
		['its share, where it was stopped', { ...run, status: 'cancelled', stepsDone: 10, stepsTotal: 40 }, 100]
	] as const)('%s', (_, given, cents) => expect(runCents(given)).toBe(cents));
});

describe('a serving counts for', () => {
	const serving = { readyAt: at('2026-11-28T10:00:00Z'), stoppedAt: null, centsPerHour: 264 };
	test('the time since it is ready, at its price', () => {
		expect(servingCents(serving, at('2026-11-28T10:30:00Z'))).toBe(132);
		expect(servingCents({ ...serving, stoppedAt: at('2026-11-28T11:00:00Z') }, at('2026-11-28T15:00:00Z'))).toBe(264);
	});
	test('what of it lies in this month', () => {
		const over = { ...serving, readyAt: at('2026-11-30T22:00:00Z') };
		expect(servingCents(over, at('2026-12-01T01:00:00Z'))).toBe(264);
	});
	test('nothing before it is ready, and nothing where there is no price', () => {
		expect(servingCents({ ...serving, readyAt: null }, at('2026-11-28T10:30:00Z'))).toBe(0);
		expect(servingCents({ ...serving, centsPerHour: null }, at('2026-11-28T10:30:00Z'))).toBe(0);
	});
});

test('a month is the sum of what money went to', () => {
	expect(sumOf({ training: 1, serving: 20, generating: 300, judging: 4000, playground: 50_000 })).toBe(54_321);
});

test.each([
	[79.9, []],
	[80, [80]],
	[99.99, [80]],
	[100, [80, 100]],
	[250, [80, 100]]
])('%s of 100 cents pass the marks %j', (spent, marks) => expect(marksPassed(spent, 100)).toEqual(marks));
