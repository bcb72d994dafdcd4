import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportion } from '../../../src/lib/core/math/apportion.ts';

const strata = (...sizes: number[]) => sizes.map((size, key) => ({ key, size, taken: 0 }));

test('an example by hand: 17, 60 and 71 at one in five', () => {
	expect([...apportion(strata(71, 60, 17), 0.2)].sort().map(([, seats]) => seats)).toEqual([14, 12, 4]);
});

test('what is held already takes no seat that its proportion does not give', () => {
	const seats = (...rows: [size: number, taken: number][]) => [
		...apportion(
			rows.map(([size, taken], key) => ({ key, size, taken })),
			0.2
		).entries()
	];
	// exactly 2, and 1.6
	expect(new Map(seats([10, 5], [8, 0]))).toEqual(
		new Map([
			[0, 2],
			[1, 2]
		])
	);
	// 1.6 and 1.4: one is held, and one is its whole part
	expect(new Map(seats([8, 0], [7, 1]))).toEqual(
		new Map([
			[0, 2],
			[1, 1]
		])
	);
});

test('every stratum differs from its exact proportion by less than one, and the sum is right', () => {
	const shares = fc.integer({ min: 5, max: 40 }).map((percent) => percent / 100);
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }), shares, (sizes, share) => {
			const seats = apportion(strata(...sizes), share);
			sizes.forEach((size, key) => expect(Math.abs(seats.get(key)! - size * share)).toBeLessThan(1));
			const all = sizes.reduce((sum, size) => sum + size, 0);
			const sum = [...seats.values()].reduce((total, n) => total + n, 0);
			if (all >= 2) expect(sum).toBe(Math.max(1, Math.round(Math.round(all * share * 1e9) / 1e9)));
		})
	);
});

test('a seat that is held is given again', () => {
	const seats = apportion(
		[
			{ key: 10, size: 8, taken: 0 },
			{ key: 9, size: 7, taken: 2 }
		],
		0.2
	); // 1.6 and 1.4
	expect(seats).toEqual(
		new Map([
			[9, 2],
			[10, 1]
		])
	);
});

test('one of two is chosen, none of one, none of none', () => {
	expect(apportion(strata(1, 1), 0.2)).toEqual(
		new Map([
			[1, 1],
			[0, 0]
		])
	);
	expect(apportion(strata(1), 0.2)).toEqual(new Map([[0, 0]]));
	expect(apportion([], 0.2)).toEqual(new Map());
});
