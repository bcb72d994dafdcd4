import fc from 'fast-check';
import { expect, test } from 'vitest';
import { balancedSides, orderOf, resolve } from '../../../src/lib/core/evaluations/ballots.ts';
import { hash } from '../../../src/lib/core/math/hash.ts';

test('a choice means the same contender whichever side it stood on', () => {
	expect(['first', 'second', 'tie', 'both_bad'].map((choice) => resolve(choice as 'first', false))).toEqual([
		'a',
		'b',
		'tie',
		'both_bad'
	]);
	expect(['first', 'second', 'tie', 'both_bad'].map((choice) => resolve(choice as 'first', true))).toEqual([
		'b',
		'a',
		'tie',
		'both_bad'
	]);
});

test('in every block exactly half are swapped, for any number of ballots and any rater', () => {
	fc.assert(
		fc.property(fc.string(), fc.nat(400), (seed, count) => {
			const sides = balancedSides({ seed, count });
			expect(sides).toHaveLength(count);
			const swapped = (from: number, to: number) => sides.slice(from, to).filter(Boolean).length;
			const whole = count - (count % 4);
			for (let i = 0; i < whole; i += 4) expect(swapped(i, i + 4)).toBe(2);
			const rest = (count % 4) / 2;
			expect([Math.floor(rest), Math.ceil(rest)]).toContain(swapped(whole, count));
			if (count % 2 === 0) expect(swapped(0, count)).toBe(count / 2);
		})
	);
});

test('sides repeat with their seed, differ between raters, and no place is more often swapped than another', () => {
	const of = (seed: string) => balancedSides({ seed, count: 40 });
	expect(of('evaluation:ana')).toEqual(of('evaluation:ana'));
	expect(of('evaluation:ana')).not.toEqual(of('evaluation:ben'));
	const raters = 4000;
	const totals = new Array<number>(7).fill(0);
	for (let rater = 0; rater < raters; rater++) {
		balancedSides({ seed: `rater ${rater}`, count: 7 }).forEach((isSwapped, i) => (totals[i]! += Number(isSwapped)));
	}
	for (const total of totals) expect(Math.abs(total - raters / 2)).toBeLessThan(160); // five standard deviations
});

test('an order depends on ids and seed, not on how the ids came', () => {
	const ids = Array.from({ length: 60 }, (_, i) => `id-${i}`);
	expect(orderOf([...ids].reverse(), 'x')).toEqual(orderOf(ids, 'x'));
	expect(orderOf(ids, 'x')).not.toEqual(orderOf(ids, 'y'));
	expect(orderOf(ids, 'x')).not.toEqual(ids);
	expect([...orderOf(ids, 'x')].sort()).toEqual([...ids].sort());
	const firsts = Array.from({ length: 3000 }, (_, seed) => orderOf(['a', 'b', 'c'], seed)[0]);
	for (const id of ['a', 'b', 'c'])
		expect(Math.abs(firsts.filter((first) => first === id).length - 1000)).toBeLessThan(130);
});

test('where two have the same hash, the id decides', () => {
	// found by trying some two hundred million
	const [one, two] = ['lznwx0s3v0g', 'veyk0wyg45d'];
	expect(hash(one, 'order:x')).toBe(hash(two, 'order:x'));
	expect(orderOf([one, two], 'x')).toEqual([one, two]);
	expect(orderOf([two, one], 'x')).toEqual([one, two]);
});
