import { expect, test } from 'vitest';
import { estimateDuration, formatDuration } from '../../../src/lib/core/runs/duration.ts';

test('without earlier runs it is a wide range that grows with the tokens', () => {
	const small = estimateDuration({ billedTokens: 10_000, past: [], sandbox: false });
	const large = estimateDuration({ billedTokens: 10_000_000, past: [], sandbox: false });
	expect(small.fromMinutes).toBeLessThan(small.toMinutes);
	expect(large.fromMinutes).toBeGreaterThan(small.fromMinutes);
	expect(large.toMinutes).toBeGreaterThan(small.toMinutes);
});

test('what is around the training comes on top of 90,000 to 900,000 tokens a minute', () => {
	expect(estimateDuration({ billedTokens: 900_000, past: [], sandbox: false })).toMatchObject({
		fromMinutes: 3 + 1,
		toMinutes: 20 + 10
	});
	expect(estimateDuration({ billedTokens: 900_000, past: [], sandbox: true })).toMatchObject({
		fromMinutes: 0.2 + 1,
		toMinutes: 2 + 10
	});
});

test('four times the tokens of an earlier run take twice its time', () => {
	const past = [{ billedTokens: 10_000, minutes: 10 }];
	const { fromMinutes, toMinutes } = estimateDuration({ billedTokens: 40_000, past, sandbox: false });
	expect([fromMinutes, toMinutes]).toEqual([14, 32]);
});

test('of several runs the quickest gives the hopeful guess, and the slowest the patient one', () => {
	const past = [20, 10, 15].map((minutes) => ({ billedTokens: 10_000, minutes }));
	expect(estimateDuration({ billedTokens: 10_000, past, sandbox: false })).toEqual({
		fromMinutes: 7,
		toMinutes: 32,
		basis: 'From the last 3 runs on this model.'
	});
});

test('earlier runs on the model narrow it', () => {
	const { fromMinutes, toMinutes, basis } = estimateDuration({
		billedTokens: 10_000,
		past: [{ billedTokens: 10_000, minutes: 10 }],
		sandbox: false
	});
	expect([fromMinutes, toMinutes]).toEqual([7, 16]);
	expect(basis).toBe('From the last run on this model.');
});

test('in words', () => {
	expect(formatDuration({ fromMinutes: 4.6, toMinutes: 24.4 })).toBe('5 min to 24 min');
	expect(formatDuration({ fromMinutes: 0.2, toMinutes: 0.9 })).toBe('under a minute');
	expect(formatDuration({ fromMinutes: 0.99, toMinutes: 1 })).toBe('under a minute to 1 min');
	expect(formatDuration({ fromMinutes: 89.9, toMinutes: 90 })).toBe('90 min to 1.5 h');
	expect(formatDuration({ fromMinutes: 89, toMinutes: 150 })).toBe('89 min to 2.5 h');
});
