import { expect, test, vi } from 'vitest';
import { Places } from '../../../src/lib/core/examples/near-places.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';

test.each([3, 4, 12])('it is what a map of lists is, each up to %i long, while it grows', (most) => {
	const [places, lists] = [new Places(most), new Map<number, number[]>()];
	const random = randomFrom(`places ${most}`);
	// as the pieces of texts: the lower bits are the same, and some are 0 or below
	const pieces = Array.from({ length: 9000 }, (_, at) => (at - 2000) * 4);
	for (let text = 0; text < 30_000; text++) {
		const piece = pieces[Math.floor(pieces.length * random() ** 2)]!;
		places.add(piece, text);
		const list = lists.get(piece) ?? [];
		if (list.length < most) lists.set(piece, [...list, text]);
	}
	const counts = new Int32Array(30_000);
	for (const piece of [...pieces, 7, -9]) {
		const met: number[] = [];
		expect(places.meet(piece, counts, met)).toBe(lists.get(piece)?.length ?? 0);
		expect(met).toEqual(lists.get(piece)?.toReversed() ?? []);
	}
	// each text has met once; with a second piece it counts twice, and is met no more
	expect(counts.every((count) => count <= 1)).toBe(true);
	const [piece, list] = [...lists].find(([, { length }]) => length > 1)!;
	const met: number[] = [];
	places.meet(piece, counts, met);
	expect(met).toEqual([]);
	expect(list.map((text) => counts[text])).toEqual(list.map(() => 2));
});

test('what grows moves a twentieth of all: others come between', () => {
	let largest = 0;
	const Numbers = Int32Array;
	vi.stubGlobal(
		'Int32Array',
		class extends Numbers {
			// of a part that is looked at it is the whole, and where it begins
			constructor(...given: [number]) {
				super(...given);
				if (given.length === 1) largest = Math.max(largest, this.length);
			}
		}
	);
	try {
		const [places, random, pieces] = [new Places(12), randomFrom('growth'), 200_000];
		for (let at = 0; at < pieces; at++) {
			const piece = Math.floor((random() - 0.5) * 2 ** 32);
			for (const text of [1, 2]) places.add(piece, text);
		}
		expect(largest).toBeGreaterThan(0);
		expect(largest).toBeLessThan((3 * pieces) / 20);
	} finally {
		vi.unstubAllGlobals();
	}
});
