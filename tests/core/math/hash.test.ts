import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash, hashBytes, randomFrom, shuffled } from '../../../src/lib/core/math/hash.ts';

test('the same text and seed give the same number on every machine, for ever', () => {
	// Splits are remade from these: a change here moves people's examples.
	const numbers = [hash(''), hash('a'), hash('a', 1), hash('a', '1'), hash('Ünïcødé 🎉', 42)];
	expect(numbers).toEqual([7902797292850115, 2417280876419212, 200446013017, 200446013017, 1612880068972395]);
});

test('seed and text cannot be mistaken for one another', () => {
	expect(hash('c', 'ab')).not.toBe(hash('bc', 'a'));
	expect(hash('1:x', 1)).not.toBe(hash('x', '1:1'));
});

test('hashes are whole, below 2^53, and differ', () => {
	const all = Array.from({ length: 200_000 }, (_, i) => hash(`example-${i}`, 7));
	expect(all.every((h) => Number.isSafeInteger(h) && h >= 0)).toBe(true);
	expect(new Set(all).size).toBe(all.length);
});

test('bytes are told apart by each of them and by how many they are', () => {
	const of = (text: string) => {
		const bytes = Buffer.from(`${text}behind`);
		return hashBytes(new DataView(bytes.buffer, bytes.byteOffset), Buffer.byteLength(text));
	};
	const texts = ['', '\0', '\0\0', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefgh', 'abdc', 'efghabcd', 'ü'];
	const many = Array.from({ length: 200_000 }, (_, at) => of(`What about matter ${at}?`));
	expect(new Set([...texts.map(of), ...many]).size).toBe(texts.length + many.length);
	expect(of('abc')).toBe(of('abc'));
	for (const one of many) expect(Number.isSafeInteger(one) && one >= 0).toBe(true);
	const places = new Uint32Array(16);
	for (const one of many) places[one % 16]!++;
	for (const count of places) expect(Math.abs(count - 12_500)).toBeLessThan(500);
});

test('of bytes those that are counted matter, each of them, and none behind', () => {
	const of = (bytes: Uint8Array, length: number) => hashBytes(new DataView(bytes.buffer), length);
	for (let length = 0; length <= 20; length++) {
		const bytes = Uint8Array.from({ length: 40 }, (_, at) => 17 * at + 1);
		const whole = of(bytes, length);
		for (let at = 0; at < bytes.length; at++) {
			const other = Uint8Array.from(bytes);
			other[at]! ^= 0x80;
			expect(of(other, length) === whole, `byte ${at} of ${length}`).toBe(at >= length);
		}
		// the last of a view has nothing behind it
		expect(of(bytes.slice(0, length), length)).toBe(whole);
	}
});

test('hashes spread evenly, by their high and by their low digits', () => {
	const high = new Array<number>(16).fill(0);
	const low = new Array<number>(16).fill(0);
	for (let i = 0; i < 32_000; i++) {
		const h = hash(`018f${i.toString(16).padStart(8, '0')}`, 3);
		high[Math.floor(h / 2 ** 49)]!++;
		low[h % 16]!++;
	}
	// 2 000 expected in each, standard deviation 43
	for (const count of [...high, ...low]) expect(Math.abs(count - 2000)).toBeLessThan(220);
});

test('the same seed gives the same random numbers on every machine, for ever', () => {
	const draw = (random: () => number) => [random(), random(), random()];
	expect(draw(randomFrom(5))).toEqual([0.42010222137231346, 0.05973943368330714, 0.26346213482992165]);
	expect(draw(randomFrom('a'))).toEqual([0.7530038000325038, 0.6524354608201466, 0.04428360477659021]);
});

test('random numbers repeat with their seed, lie in [0, 1), and spread evenly', () => {
	const one = randomFrom(5);
	const two = randomFrom(5);
	const three = randomFrom(6);
	const list = Array.from({ length: 40_000 }, () => one());
	expect(list.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => two()));
	expect(list.slice(0, 50)).not.toEqual(Array.from({ length: 50 }, () => three()));
	expect(list.every((x) => x >= 0 && x < 1)).toBe(true);
	for (const parts of [2, 10]) {
		const counts = new Array<number>(parts).fill(0);
		for (const x of list) counts[Math.floor(x * parts)]!++;
		for (const count of counts) expect(Math.abs(count - 40_000 / parts)).toBeLessThan(5 * Math.sqrt(40_000 / parts));
	}
	// successive numbers are independent
	const mean = list.slice(1).reduce((sum, x, i) => sum + (x - 0.5) * (list[i]! - 0.5), 0) / list.length;
	expect(Math.abs(mean)).toBeLessThan(0.003);
});

test('a shuffle keeps everything, leaves the original alone, and every order is equally likely', () => {
	fc.assert(
		fc.property(fc.array(fc.integer()), fc.integer(), (list, seed) => {
			const before = [...list];
			const after = shuffled(list, randomFrom(seed));
			expect(list).toEqual(before);
			expect([...after].sort()).toEqual([...list].sort());
		})
	);
	// the last place has only one left to take: it asks for no number
	const draws = fc.array(fc.integer(), { minLength: 1 });
	fc.assert(
		fc.property(draws, (list) => {
			let drawn = 0;
			shuffled(list, () => (drawn++, 0.5));
			expect(drawn).toBe(list.length - 1);
		})
	);
	const random = randomFrom('orders');
	const orders = new Map<string, number>();
	for (let i = 0; i < 12_000; i++) {
		const order = shuffled(['a', 'b', 'c'], random).join('');
		orders.set(order, (orders.get(order) ?? 0) + 1);
	}
	expect(orders.size).toBe(6);
	for (const count of orders.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
});
