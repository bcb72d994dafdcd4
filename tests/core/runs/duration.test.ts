import { expect, test } from 'vitest';
import { estimateDuration, formatDuration } from '../../../src/lib/core/runs/duration.ts';

test('without earlier runs it is a wide range that grows with the tokens', () => {
	const small = estimateDuration({ billedTokens: 10_000, past: [], sandbox: false });
	const large = estimateDuration({ billedTokens: 10_000_000, past: [], sandbox: false });
	expect(small.fromMinutes).toBeLessThan(small.toMinutes);
	expect(large.fromMinutes).toBeGreaterThan(small.fromMinutes);
	expect(large.toMinutes).toBeGreaterThan(small.toMinutes);
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
	expect(formatDuration({ fromMinutes: 89, toMinutes: 150 })).toBe('89 min to 2.5 h');
});
