import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreement, krippendorff, shifts, type Judgement } from '../../../src/lib/core/evaluations/agreement.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';

/** One text per rater, one sign per item, `.` where there is no judgement. */
const table = (...raters: string[]): Judgement[] =>
	raters.flatMap((row, r) =>
		[...row].flatMap((sign, item) =>
			sign === '.' ? [] : [{ item: `${item}`, rater: `${r}`, value: sign.charCodeAt(0) - 48 }]
		)
	);

test('four observers, twelve units, with gaps (Krippendorff 2011, part C and E)', () => {
	const published = table('123321412...', '1233224125.3', '.3332342251.', '12332441251.');
	expect(krippendorff(published, 'nominal')).toBeCloseTo(0.743, 3);
	expect(krippendorff(published, 'ordinal')).toBeCloseTo(0.815, 3);
	expect(krippendorff(published, 'interval')).toBeCloseTo(0.849, 3);
});

test('two observers, two values (Krippendorff 2011, part A)', () => {
	expect(krippendorff(table('0100000010', '1110010000'), 'nominal')).toBeCloseTo(0.095, 3);
});

test('two observers, five names (Krippendorff 2011, part B)', () => {
	const names = table('aabbdcccedda', 'babbbccceddd');
	expect(krippendorff(names, 'nominal')).toBeCloseTo(0.692, 3);
});

test('three coders, fifteen units (the example in the encyclopedia)', () => {
	const coders = table('.....34121133.3', '1.213343.......', '..21344.21133.4');
	expect(krippendorff(coders, 'nominal')).toBeCloseTo(0.691, 3);
	expect(krippendorff(coders, 'interval')).toBeCloseTo(0.811, 3);
});

/** α from its definition: the mean difference within items over the mean difference of all, pair by pair. */
const byDefinition = (list: readonly Judgement[], difference: (one: number, two: number) => number) => {
	const items = [...Map.groupBy(list, ({ item }) => item).values()].filter((own) => own.length > 1);
	const all = items.flat();
	const among = (some: readonly Judgement[]) =>
		some.reduce((sum, one) => sum + some.reduce((of, two) => of + difference(one.value, two.value), 0), 0);
	const observed = items.reduce((sum, own) => sum + among(own) / (own.length - 1), 0) / all.length;
	const expected = among(all) / (all.length * (all.length - 1));
	return expected > 0 ? 1 - observed / expected : null;
};

test('α is what its definition says, for any number of raters and gaps anywhere', () => {
	const judgement = fc.record({
		item: fc.constantFrom('a', 'b', 'c', 'd'),
		rater: fc.constantFrom('u', 'v', 'w', 'x', 'y', 'z'),
		value: fc.integer({ min: 1, max: 4 })
	});
	fc.assert(
		fc.property(fc.uniqueArray(judgement, { selector: (j) => j.item + j.rater, maxLength: 24 }), (list) => {
			const nominal = byDefinition(list, (one, two) => Number(one !== two));
			const interval = byDefinition(list, (one, two) => (one - two) ** 2);
			if (nominal === null) expect(krippendorff(list, 'nominal')).toBeNull();
			else expect(krippendorff(list, 'nominal')).toBeCloseTo(nominal, 10);
			if (interval === null) expect(krippendorff(list, 'interval')).toBeNull();
			else expect(krippendorff(list, 'interval')).toBeCloseTo(interval, 10);
		})
	);
});

test('α is 1 when all agree, has no value without variety, and does not mind the order', () => {
	expect(krippendorff(table('12345', '12345'), 'interval')).toBe(1);
	expect(krippendorff(table('3333', '3333'), 'nominal')).toBeNull();
	expect(krippendorff(table('12', '..'), 'nominal')).toBeNull();
	const judgement = fc.record({
		item: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
		rater: fc.constantFrom('x', 'y', 'z'),
		value: fc.integer({ min: 1, max: 10 })
	});
	fc.assert(
		fc.property(fc.uniqueArray(judgement, { selector: (j) => j.item + j.rater, minLength: 6 }), (list) => {
			for (const level of ['nominal', 'ordinal', 'interval'] as const) {
				const alpha = krippendorff(list, level);
				const mirrored = krippendorff([...list].reverse(), level);
				if (alpha === null) expect(mirrored).toBeNull();
				else {
					expect(mirrored).toBeCloseTo(alpha, 10);
					expect(alpha).toBeLessThanOrEqual(1);
				}
			}
		})
	);
});

test('only the order matters to the ordinal level, only distances to the interval level', () => {
	const list = table('12345', '13245');
	const stretched = list.map((j) => ({ ...j, value: j.value ** 3 }));
	const shifted = list.map((j) => ({ ...j, value: 7 * j.value - 3 }));
	expect(krippendorff(stretched, 'ordinal')).toBeCloseTo(krippendorff(list, 'ordinal')!, 10);
	expect(krippendorff(stretched, 'interval')).not.toBeCloseTo(krippendorff(list, 'interval')!, 3);
	expect(krippendorff(shifted, 'interval')).toBeCloseTo(krippendorff(list, 'interval')!, 10);
});

/** Two raters who see the same quality with some noise of their own. */
const noisy = (items: number, noise: number, seed = 1): Judgement[] => {
	const random = randomFrom(seed);
	return Array.from({ length: items }, (_, item) => {
		const quality = 1 + 9 * random();
		const value = () => Math.min(10, Math.max(1, Math.round(quality + noise * (random() - 0.5))));
		return ['x', 'y'].map((rater) => ({ item: `${item}`, rater, value: value() }));
	}).flat();
};

test('hidden with 19 overlapping items, shown with 20', () => {
	const lonely = { item: 'lonely', rater: 'x', value: 5 };
	const hidden = agreement([...noisy(19, 1), lonely], { level: 'interval' });
	expect(hidden).toMatchObject({ overlap: 19, alpha: null, interval: null, label: null });
	expect(hidden.sentence).toMatch(/19 items .* from 20 on/);
	const shown = agreement([...noisy(20, 1), lonely], { level: 'interval' });
	expect(shown.overlap).toBe(20);
	expect(shown.alpha).toBeGreaterThan(0.8);
	expect(shown.sentence).toMatch(/50 items give a steadier figure/);
	expect(agreement(noisy(50, 1), { level: 'interval' }).sentence).not.toMatch(/steadier/);
});

test('the labels are Krippendorff’s', () => {
	expect(agreement(noisy(200, 2), { level: 'interval' }).label).toBe('reliable');
	expect(agreement(noisy(200, 6), { level: 'interval' }).label).toBe('tentative');
	expect(agreement(noisy(200, 20), { level: 'interval' }).label).toBe('unreliable');
});

/** Items of two: so many that differ, so many times 0 twice, so many times 1 twice. */
const pairs = (differ: number, zeros: number, ones: number) =>
	table(
		'0'.repeat(differ) + '0'.repeat(zeros) + '1'.repeat(ones),
		'1'.repeat(differ) + '0'.repeat(zeros) + '1'.repeat(ones)
	);

test('.8 itself is reliable, .667 itself is tentative', () => {
	// 88 values, 30 of them 0: 1 − 87 · 4 / (30 · 58)
	expect(agreement(pairs(4, 13, 27), { level: 'nominal', samples: 10 })).toMatchObject({
		alpha: 0.8,
		label: 'reliable'
	});
	// 1,000 values, 100 of them 1: 1 − 999 · 30 / (100 · 900)
	expect(agreement(pairs(30, 435, 35), { level: 'nominal', samples: 10 })).toMatchObject({
		alpha: 0.667,
		label: 'tentative'
	});
});

test('samples in which all is the same say nothing, and do not move the interval', () => {
	// One of 25 items is not all 0, and its three values differ: drawn k times, α = 1 − (49 + k) / (100 − 2k). More than a
	// third of the samples are without it.
	const { alpha, interval } = agreement(table('1'.padEnd(25, '0'), '1'.padEnd(25, '0'), '0'), { level: 'nominal' });
	const drawn = (k: number) => 1 - (49 + k) / (100 - 2 * k);
	expect(alpha).toBeCloseTo(drawn(1), 12);
	expect(interval![0]).toBeLessThan(drawn(2));
	expect(interval![0]).toBeGreaterThan(drawn(5));
	expect(interval![1]).toBeCloseTo(drawn(1), 12);
});

test('the interval is repeatable, holds the estimate, and is narrower with more items', () => {
	const width = (items: number) => {
		const { alpha, interval } = agreement(noisy(items, 6), { level: 'ordinal' });
		expect(interval![0]).toBeLessThan(alpha!);
		expect(interval![1]).toBeGreaterThan(alpha!);
		return interval![1] - interval![0];
	};
	expect(width(400)).toBeLessThan(width(25) / 2);
	const options = { level: 'interval', seed: 3 } as const;
	expect(agreement(noisy(40, 6), options)).toEqual(agreement(noisy(40, 6), options));
	expect(agreement(noisy(40, 6), { ...options, seed: 4 }).interval).not.toEqual(
		agreement(noisy(40, 6), options).interval
	);
});

test('everybody always the same is no measure', () => {
	const same = noisy(30, 1).map((j) => ({ ...j, value: 8 }));
	expect(agreement(same, { level: 'interval' })).toMatchObject({ overlap: 30, alpha: null, label: null });
});

test('a harsh rater has a negative shift, measured on shared items only', () => {
	const list: Judgement[] = [
		{ item: 'a', rater: 'harsh', value: 4 },
		{ item: 'a', rater: 'mild', value: 8 },
		{ item: 'b', rater: 'harsh', value: 6 },
		{ item: 'b', rater: 'mild', value: 8 },
		{ item: 'c', rater: 'harsh', value: 10 }
	];
	expect(shifts(list)).toEqual([
		{ rater: 'harsh', shift: -3, items: 2 },
		{ rater: 'mild', shift: 3, items: 2 }
	]);
	const three = ['a', 'b', 'c'].map((rater, i) => ({ item: 'x', rater, value: [2, 5, 9][i]! }));
	expect(shifts(three).map(({ shift }) => shift)).toEqual([2 - 7, 5 - 5.5, 9 - 3.5]);
	expect(shifts([])).toEqual([]);
});
