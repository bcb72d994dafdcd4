import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { numberingGroups } from '../../../src/lib/core/splits/groups.ts';
import { atOnce } from '../../../src/lib/core/steps.ts';

const keysOf = (words: number[][]) => Uint32Array.from(words.flat());
const groupNumbers = (keys: Uint32Array) => atOnce(numberingGroups(keys));

test('each key has one number, in the order in which they come first', () => {
	const [a, b] = [Array(8).fill(7), Array(8).fill(9)];
	expect([...groupNumbers(keysOf([b, a, b, b, a]))]).toEqual([0, 1, 0, 0, 1]);
	expect([...groupNumbers(keysOf([]))]).toEqual([]);
});

test('keys that begin alike, or differ in one bit, are others', () => {
	const alike = Array.from({ length: 8 }, (_, word) => Array.from({ length: 8 }, (_, at) => (at === word ? 1 : 0)));
	expect([...groupNumbers(keysOf([...alike, ...alike]))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
});

test('many say the same as a map of texts', () => {
	const random = randomFrom(3);
	const words = Array.from({ length: 3_000 }, () => [
		Math.floor(random() * 40),
		...Array(6).fill(1),
		Math.floor(random() * 40)
	]);
	const numbers = new Map<string, number>();
	const expected = words.map(String).map((key) => {
		if (!numbers.has(key)) numbers.set(key, numbers.size);
		return numbers.get(key);
	});
	expect([...groupNumbers(keysOf(words))]).toEqual(expected);
});
