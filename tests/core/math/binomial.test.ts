import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logGamma, signTest, upperTail, wilson } from '../../../src/lib/core/math/binomial.ts';

test.each([
	[18, 24, 55.1, 88.0],
	[4, 20, 8.1, 41.6],
	[9, 15, 35.7, 80.2]
])('Wilson: %i of %i is %f to %f %%', (wins, decisive, low, high) => {
	const [from, to] = wilson(wins, decisive)!;
	expect(100 * from).toBeCloseTo(low, 1);
	expect(100 * to).toBeCloseTo(high, 1);
});

test.each([
	[10, 26],
	[20, 20],
	[30, 17],
	[50, 13],
	[100, 10],
	[400, 5]
])('Wilson at one half of %i is about ±%i points', (decisive, points) => {
	const [low, high] = wilson(decisive / 2, decisive)!;
	expect(Math.round(50 * (high - low))).toBe(points);
});

test('Wilson stays within 0 and 1, contains the share, and has nothing to say about nothing', () => {
	expect(wilson(0, 0)).toBeNull();
	fc.assert(
		fc.property(fc.nat(500), fc.nat(500), (wins, losses) => {
			fc.pre(wins + losses > 0);
			const [low, high] = wilson(wins, wins + losses)!;
			const share = wins / (wins + losses);
			expect(low).toBeGreaterThanOrEqual(0);
			expect(high).toBeLessThanOrEqual(1);
			expect(low).toBeLessThanOrEqual(share + 1e-12);
			expect(high).toBeGreaterThanOrEqual(share - 1e-12);
		})
	);
});

test.each([
	[18, 6, 0.0227],
	[17, 7, 0.0639],
	[20, 6, 0.0094],
	[19, 7, 0.029],
	[18, 8, 0.0755]
])('sign test: %i–%i has p = %f', (wins, losses, p) => {
	expect(signTest(wins, losses)).toBeCloseTo(p, 4);
	expect(signTest(losses, wins)).toBe(signTest(wins, losses));
});

/** n over k, exactly. */
const choose = (n: number, k: number) => {
	let result = 1n;
	for (let i = 1n; i <= BigInt(k); i++) result = (result * (BigInt(n) - i + 1n)) / i;
	return result;
};

test('the sign test equals exact counting with whole numbers', () => {
	for (const d of [1, 2, 5, 6, 17, 60, 200, 301]) {
		for (let wins = 0; wins <= d; wins += Math.max(1, Math.floor(d / 13))) {
			let extreme = 0n;
			for (let k = Math.max(wins, d - wins); k <= d; k++) extreme += choose(d, k);
			const exact = wins * 2 === d ? 1 : Math.min(1, Number((2n * extreme * 10n ** 15n) / 2n ** BigInt(d)) / 1e15);
			expect(signTest(wins, d - wins)).toBeCloseTo(exact, 11);
		}
	}
	expect(signTest(0, 0)).toBe(1);
});

test('the tail of an uneven coin equals exact counting too', () => {
	for (const n of [1, 2, 7, 24, 90]) {
		for (const sixteenths of [1, 3, 8, 11, 15]) {
			const [yes, no] = [BigInt(sixteenths), BigInt(16 - sixteenths)];
			let ways = 0n; // of 16^n
			for (let k = n; k >= 0; k--) {
				ways += choose(n, k) * yes ** BigInt(k) * no ** BigInt(n - k);
				const exact = Number((ways * 10n ** 15n) / 16n ** BigInt(n)) / 1e15;
				expect(upperTail(n, k, sixteenths / 16)).toBeCloseTo(exact, 11);
			}
		}
	}
});

test('the two tails of a binomial are one', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 3000 }),
			fc.double({ min: 0.01, max: 0.99, noNaN: true }),
			fc.nat(3000),
			(n, p, k) => {
				fc.pre(k <= n);
				expect(upperTail(n, k, p) + upperTail(n, n - k + 1, 1 - p)).toBeCloseTo(1, 9);
			}
		)
	);
	expect(upperTail(10, 0, 0.3)).toBe(1);
	expect(upperTail(10, 11, 0.3)).toBe(0);
	expect(upperTail(10, 10, 0.5)).toBeCloseTo(1 / 1024, 12);
});

test('what cannot happen and what must happen have the chances 0 and 1', () => {
	for (const p of [0, 0.3, 1]) {
		expect(upperTail(3, 0, p)).toBe(1);
		expect(upperTail(3, 4, p)).toBe(0);
	}
	for (const atLeast of [1, 2, 3]) {
		expect(upperTail(3, atLeast, 0)).toBe(0);
		expect(upperTail(3, atLeast, 1)).toBe(1);
	}
});

test('log-gamma knows the factorials', () => {
	let log = 0;
	for (let n = 1; n <= 400; n++) {
		log += Math.log(n);
		expect(Math.abs(logGamma(n + 1) - log)).toBeLessThan(n <= 12 ? 1e-13 : 1e-12 * log);
	}
	expect(logGamma(1.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI) / 2), 12);
});
