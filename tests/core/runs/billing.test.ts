import { expect, test } from 'vitest';
import { stillBilled, wasBilled } from '../../../src/lib/core/runs/billing.ts';
import { runStatuses } from '../../../src/lib/core/runs/status.ts';

const facts = { stepsDone: null, stepsTotal: null, costCents: null };

test('before the order nothing is billed, during training the steps done are', () => {
	expect(stillBilled({ ...facts, status: 'uploading' })).toMatch(/nothing is billed/);
	expect(stillBilled({ ...facts, status: 'unknown' })).toMatch(/If the provider has taken it/);
	expect(stillBilled({ ...facts, status: 'training', stepsDone: 12, stepsTotal: 48, costCents: 31 })).toBe(
		'12 of 48 steps are billed, about $0.31 until now; the rest is not.'
	);
	for (const status of ['validating', 'queued'] as const) {
		expect(stillBilled({ ...facts, status })).toMatch(/should bill nothing/);
	}
	expect(stillBilled({ ...facts, status: 'cancelling', stepsDone: 12 })).toBe('12 steps are billed; the rest is not.');
	expect(stillBilled({ ...facts, status: 'training' })).toMatch(/^The steps done so far are billed/);
	expect(stillBilled({ ...facts, status: 'finishing' })).toMatch(/bills all of it/);
});

test('every status has a whole sentence', () => {
	for (const status of runStatuses) expect(stillBilled({ ...facts, status })).toMatch(/^[A-Z].*\.$/);
});

test.each([
	[null, null, null, 'Training had not begun, so nothing should be billed.'],
	[0, 90, 12, '$0.12 were billed.'],
	[40, 90, 0, 'Nothing was billed.'],
	[40, 90, 12, '40 of 90 steps were trained and billed: $0.12.'],
	[40, null, null, '40 steps were trained, and only they are billed. The provider has not named the amount.']
])('after a stop at step %s of %s for %s cents: %s', (stepsDone, stepsTotal, costCents, sentence) => {
	expect(wasBilled({ stepsDone, stepsTotal, costCents })).toBe(sentence);
});
