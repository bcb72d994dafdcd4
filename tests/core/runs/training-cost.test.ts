import { expect, test } from 'vitest';
import { trainingCost } from '../../../src/lib/core/runs/training-cost.ts';

const at = (centsPerMillion: number | null) => ({ centsPerMillion, minimumCents: 0, priceNote: null });

test('every epoch passes over the training set, and validation is measured twice an epoch, 4 to 10 times', () => {
	const data = { tokens: 1_000_000, validationTokens: 100_000 };
	expect(trainingCost(data, { epochs: 1 }, at(100)).billedTokens).toBe(1_400_000);
	expect(trainingCost(data, { epochs: 3 }, at(100))).toMatchObject({ billedTokens: 3_600_000, cents: 360 });
	expect(trainingCost(data, { epochs: 20 }, at(100)).billedTokens).toBe(21_000_000);
});

test('without validation nothing is measured, and without a price none is claimed', () => {
	const alone = trainingCost({ tokens: 1000, validationTokens: 0 }, { epochs: 3 }, at(100));
	expect(alone).toMatchObject({ billedTokens: 3000, basis: expect.not.stringContaining('validation') });
	expect(trainingCost({ tokens: 1000, validationTokens: 0 }, { epochs: 3 }, at(null)).cents).toBeNull();
});

test('a provider charges its minimum, and the price says of which day it is', () => {
	const price = { centsPerMillion: 48, minimumCents: 400, priceNote: 'price of 2026-05-08' };
	const cost = trainingCost({ tokens: 1000, validationTokens: 0 }, { epochs: 3 }, price);
	expect(cost.cents).toBe(400);
	expect(cost.basis).toMatch(/at \$0\.48 per million \(price of 2026-05-08\); the provider's minimum is \$4\.00/);
});
