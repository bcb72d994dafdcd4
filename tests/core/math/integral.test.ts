import { expect, test } from 'vitest';
import { crossing, gaussLegendre, logSum } from '../../../src/lib/core/math/integral.ts';

test.each([2, 5, 64, 256])('%i nodes integrate every polynomial they promise to', (n) => {
	const { at, weight } = gaussLegendre(n);
	for (const power of [0, 1, 2, 7, 2 * n - 2, 2 * n - 1]) {
		const sum = at.reduce((all, x, i) => all + weight[i]! * x ** power, 0);
		expect(sum).toBeCloseTo(power % 2 ? 0 : 2 / (power + 1), 12);
	}
});

test('a sum of logarithms is exact where no double reaches', () => {
	expect(logSum(Float64Array.of(5000, 5000, 5000))).toBeCloseTo(5000 + Math.log(3), 10);
	expect(logSum(Float64Array.of(-Infinity, 0))).toBe(0);
	expect(logSum(Float64Array.of(-Infinity))).toBe(-Infinity);
});

test('a crossing is found from either side', () => {
	expect(crossing(0, 1, (x) => x > 0.3)).toBeCloseTo(0.3, 12);
	expect(crossing(0, -1, (x) => x < -0.7)).toBeCloseTo(-0.7, 12);
});
