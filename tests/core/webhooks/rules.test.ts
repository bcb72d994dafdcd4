import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasArrived, nextTry, restMs, switchesOff, triesAtSeconds } from '../../../src/lib/core/webhooks/rules.ts';

const now = new Date('2026-11-28T09:30:00Z');
const ms = (at: Date | null) => at!.getTime() - now.getTime();
const days = (count: number) => new Date(now.getTime() - count * 86_400_000);

describe('the next try', () => {
	test('comes when Standard Webhooks says, ten in a day', () => {
		expect(triesAtSeconds.map((seconds) => seconds / 60)).toEqual([0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
		let after = 0;
		for (let tries = 1; tries < triesAtSeconds.length; tries++) {
			after += ms(nextTry(tries, now, 0.5));
			expect(Math.round(after / 1000)).toBe(triesAtSeconds[tries]);
		}
	});

	test('is earlier or later by a tenth at most, by chance', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
				const pause = (triesAtSeconds[tries]! - triesAtSeconds[tries - 1]!) * 1000;
				expect(ms(nextTry(tries, now, random))).toBeGreaterThanOrEqual(Math.floor(pause * 0.9));
				expect(ms(nextTry(tries, now, random))).toBeLessThanOrEqual(Math.ceil(pause * 1.1));
			})
		);
		expect(ms(nextTry(2, now, 0))).toBeLessThan(ms(nextTry(2, now, 1)));
	});

	test('is none after the tenth, nor before the first', () => {
		expect(nextTry(9, now, 0.5)).not.toBeNull();
		expect(nextTry(10, now, 0.5)).toBeNull();
		expect(nextTry(0, now, 0.5)).toBeNull();
	});

	test('waits as long as the server asks, a day at most, and never less than its turn', () => {
		expect(ms(nextTry(1, now, 0.5, 90_000))).toBe(90_000);
		expect(ms(nextTry(5, now, 0.5, 90_000))).toBe(3 * 3_600_000);
		expect(ms(nextTry(1, now, 0.5, 10 * 86_400_000))).toBe(86_400_000);
	});
});

test.each([
	[200, true],
	[204, true],
	[299, true],
	[199, false],
	[300, false],
	[302, false],
	[304, false],
	[400, false],
	[410, false],
	[500, false],
	[null, false]
])('an answer of %s has arrived: %s', (status, expected) => expect(hasArrived(status)).toBe(expected));

test.each([
	[429, 0, 60_000],
	[502, 0, 60_000],
	[504, 0, 60_000],
	[429, 90_000, 90_000],
	[503, 5_000, 5_000],
	[500, 0, 0],
	[null, 0, 0],
	[429, 1e12, 86_400_000]
])('after %s with Retry-After %s ms the whole server has peace for %s ms', (status, retryAfter, expected) =>
	expect(restMs(status, retryAfter)).toBe(expected)
);

describe('a webhook is switched off', () => {
	const failing = (since: number, tries: number, status: number | null = 500) =>
		switchesOff({ status, tries, failingSince: days(since) }, now);

	test('at once, where the server says that it is gone', () => expect(failing(0, 1, 410)).toBe('gone'));
	test('after five days in which nothing arrived', () => {
		expect(failing(5, 4)).toBe('failing');
		expect(failing(30, 10, null)).toBe('failing');
	});
	test('not before', () => expect(failing(4.99, 10)).toBeNull());
	test('not for one failure after quiet days: half an hour is tried first', () => {
		expect(failing(6, 1)).toBeNull();
		expect(failing(6, 3)).toBeNull();
	});
});
