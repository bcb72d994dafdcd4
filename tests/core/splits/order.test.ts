import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { type Dealt, deal, dealing, side } from '../../../src/lib/core/splits/deal.ts';

/** Good examples without a side, each with a prompt of its own, at these places. */
const alone = (places: number[]): Dealt => ({
	groups: places.map((_, at) => at),
	places,
	strata: places.map(() => 8),
	sides: places.map(() => side.none),
	trained: places.map(() => 0)
});
const validation = ({ to }: { to: Uint8Array }) => [...to.keys()].filter((at) => to[at] === side.validation);

describe('a quarter goes to validation: those that come first', () => {
	const random = randomFrom('deal');
	const spread: Record<string, () => number> = {
		'with a place each': () => Math.floor(random() * 2 ** 53),
		'a few of which are alike but for their last bits': () =>
			Math.floor(random() * 60) * 2 ** 20 + Math.floor(random() * 9),
		'at the same few places': () => Math.floor(random() * 5),
		'all at one place': () => 7,
		'at the first and the last place there is': () => (random() < 0.5 ? 0 : 2 ** 53 - 1)
	};
	test.each(Object.entries(spread))('%s', (_, place) => {
		for (let round = 0; round < 20; round++) {
			const places = Array.from({ length: 256 + round }, place);
			const first = (isBefore: (one: number, two: number) => boolean) =>
				[...places.keys()]
					.sort((one, two) => places[one]! - places[two]! || (isBefore(one, two) ? -1 : 1))
					.slice(0, Math.round(places.length / 4))
					.sort((one, two) => one - two);
			expect(validation(deal(alone(places), 0.25))).toEqual(first((one, two) => one < two));
			const last = (one: number, two: number) => one > two;
			expect(validation(deal(alone(places), 0.25, last))).toEqual(first(last));
		}
	});
});

test('of none, and of one, there is nothing to order', () => {
	expect(deal(alone([]), 0.5).to).toHaveLength(0);
	expect([...deal(alone([3]), 1).to]).toEqual([side.validation]);
	expect([...deal(alone([3]), 0).to]).toEqual([side.train]);
});

test('others come between every few thousand, and at no other time', () => {
	const steps = (count: number, share: number) => {
		const order = alone(Array.from({ length: count }, (_, at) => (count - at) * 2 ** 30));
		return [...dealing(order, share)].length;
	};
	const few = steps(3, 1);
	expect(steps(100, 1)).toBe(few);
	// two in each of eleven walks, thirteen while they are sorted, and one before; where validation has no seats nobody is chosen
	expect([few, steps(10_000, 1), steps(10_000, 0)]).toEqual([1, 36, 34]);
});
