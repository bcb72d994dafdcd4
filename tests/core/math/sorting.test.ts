import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { sorting } from '../../../src/lib/core/math/sorting.ts';
import { atOnce } from '../../../src/lib/core/steps.ts';

const sorted = (numbers: readonly number[]) => [...atOnce(sorting(Float64Array.from(numbers)))];

test('however they lie, they end up from the least to the greatest', () => {
	const many = fc.array(
		fc.oneof(
			fc.integer({ min: -5, max: 5 }),
			fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e15 })
		),
		{
			maxLength: 5_000,
			size: 'max'
		}
	);
	fc.assert(
		fc.property(many, (numbers) => void expect(sorted(numbers)).toEqual([...Float64Array.from(numbers).sort()]))
	);
	expect(sorted([])).toEqual([]);
	expect(sorted(Array(3_000).fill(7))).toEqual(Array(3_000).fill(7));
	for (const ends of [
		[0, 5e-324],
		[-1e308, 1e308],
		[-Infinity, 0]
	]) {
		const mixed = Array.from({ length: 3_000 }, (_, at) => ends[at % 2]!);
		expect(sorted(mixed)).toEqual(mixed.toSorted((one, other) => one - other));
	}
});

test('of many that lie evenly, none of the steps has more than a few to sort', () => {
	const random = randomFrom(1);
	const numbers = Float64Array.from({ length: 200_000 }, () => random());
	const expected = [...numbers].sort((one, other) => one - other);
	let steps = 0;
	for (const _ of sorting(numbers)) steps++;
	expect(steps).toBeGreaterThan(190);
	expect([...numbers]).toEqual(expected);
});
