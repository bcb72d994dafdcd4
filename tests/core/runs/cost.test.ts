import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	estimateCost,
	estimateProblem,
	formatCents,
	formatEstimate,
	runCost
} from '../../../src/lib/core/runs/cost.ts';

test('tokens × epochs at a price per million', () => {
	// a job whose price is known: 1,491,033 tokens, 3 epochs, $1.50 a million: $6.71 (server/providers/README.md)
	const cost = estimateCost({ tokens: 1_491_033, epochs: 3, centsPerMillion: 150 });
	expect(cost).toEqual({
		cents: 671,
		billedTokens: 4_473_099,
		basis: 'About 1,491,033 tokens × 3 epochs at $1.50 per million.'
	});
});

test('validation is paid for as often as it is looked at', () => {
	const cost = estimateCost({
		tokens: 1_000_000,
		epochs: 1,
		validationTokens: 200_000,
		evaluations: 5,
		centsPerMillion: 100,
		priceNote: 'price of 2026-05-08'
	});
	expect(cost.cents).toBe(200);
	expect(cost.basis).toBe(
		'About 1,000,000 tokens × 1 epoch + 200,000 validation tokens × 5 at $1.00 per million (price of 2026-05-08).'
	);
});

test('validation that is not there, or not looked at, is not spoken of', () => {
	for (const more of [
		{ validationTokens: 200_000, evaluations: 0 },
		{ validationTokens: 0, evaluations: 5 }
	]) {
		const cost = estimateCost({ tokens: 1_000_000, epochs: 2, centsPerMillion: 100, ...more });
		expect(cost).toEqual({
			cents: 200,
			billedTokens: 2_000_000,
			basis: 'About 1,000,000 tokens × 2 epochs at $1.00 per million.'
		});
	}
});

test('the provider’s minimum is the least, and is named', () => {
	const cost = estimateCost({ tokens: 12_000, epochs: 3, centsPerMillion: 48, minimumCents: 400 });
	expect(cost.cents).toBe(400);
	expect(cost.basis).toMatch(/the provider's minimum is \$4\.00\.$/);
	// exactly the minimum is no more than what it costs anyway
	expect(estimateCost({ tokens: 4e6, epochs: 1, centsPerMillion: 100, minimumCents: 400 })).toMatchObject({
		cents: 400,
		basis: expect.not.stringContaining('minimum')
	});
	expect(estimateCost({ tokens: 12e6, epochs: 3, centsPerMillion: 48, minimumCents: 400 }).basis).not.toMatch(
		/minimum/
	);
});

test('an unknown price is unknown, not free', () => {
	const cost = estimateCost({ tokens: 1000, epochs: 1, centsPerMillion: null, minimumCents: 400 });
	expect(cost.cents).toBeNull();
	expect(cost.basis).toMatch(/price of this model is not known\. An owner can enter it/);
	expect(formatEstimate(cost.cents)).toBe('price unknown');
	expect(formatEstimate(estimateCost({ tokens: 1000, epochs: 1, centsPerMillion: 0 }).cents)).toBe('$0');
});

test('cents are whole, rounded up, and never fall when anything grows', () => {
	const facts = fc.record({
		tokens: fc.nat(1e7),
		epochs: fc.integer({ min: 1, max: 20 }),
		centsPerMillion: fc.nat(5000),
		minimumCents: fc.nat(500)
	});
	fc.assert(
		fc.property(facts, fc.nat(1e6), (one, more) => {
			const cents = estimateCost(one).cents!;
			expect(Number.isInteger(cents)).toBe(true);
			expect(cents).toBeGreaterThanOrEqual(one.minimumCents);
			expect(cents + 1e-6).toBeGreaterThanOrEqual((one.tokens * one.epochs * one.centsPerMillion) / 1e6);
			expect(estimateCost({ ...one, tokens: one.tokens + more }).cents).toBeGreaterThanOrEqual(cents);
			expect(estimateCost({ ...one, epochs: one.epochs + 1 }).cents).toBeGreaterThanOrEqual(cents);
		})
	);
	expect(estimateCost({ tokens: 290_000, epochs: 1, centsPerMillion: 100 }).cents).toBe(29);
});

test('an estimate that no column holds is a sentence', () => {
	expect(estimateProblem(null)).toBeNull();
	expect(estimateProblem(2 ** 31 - 1)).toBeNull();
	expect(estimateProblem(2 ** 31)).toMatch(/would come to \$21,474,836\.48, and at most \$21,474,836\.47/);
});

test('money as people read it', () => {
	expect([0, 0.4, 1, 41, 400, 123_456_7].map(formatCents)).toEqual([
		'$0.00',
		'less than $0.01',
		'$0.01',
		'$0.41',
		'$4.00',
		'$12,345.67'
	]);
	expect(formatEstimate(30)).toBe('≈ $0.30');
});

test('a run costs what was billed, until then what it is estimated at, and without a bill nothing is said', () => {
	const run = { status: 'training', costCents: null, estimateCents: 400 } as const;
	expect(runCost(run)).toBe('≈ $4.00');
	expect(runCost({ ...run, estimateCents: 0 })).toBe('$0');
	expect(runCost({ ...run, estimateCents: null })).toBe('–');
	expect(runCost({ ...run, status: 'failed' })).toBe('–');
	expect(runCost({ ...run, status: 'ready', costCents: 321 })).toBe('$3.21');
	expect(runCost({ ...run, costCents: 0 })).toBe('$0.00');
});
