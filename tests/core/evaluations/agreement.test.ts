import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreement, gwet, krippendorff, shifts, type Judgement } from '../../../src/lib/core/evaluations/agreement.ts';
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

test('Gwet’s AC1: two observers, five names (the published example of Krippendorff, part B, by its formula)', () => {
	const names = table('aabbdcccedda', 'babbbccceddd');
	const { raw, ac } = gwet(names, 5)!;
	expect(raw).toBeCloseTo(9 / 12, 12);
	const shares = [4, 6, 6, 6, 2].map((n) => n / 24);
	const chance = shares.reduce((sum, share) => sum + share * (1 - share), 0) / 4;
	expect(ac).toBeCloseTo((0.75 - chance) / (1 - chance), 12);
});

test('Gwet’s AC1: four observers, twelve units, with gaps (Gwet 2014, table 2.10: .775 over all units)', () => {
	// his figure takes the unit that one observer alone saw into the shares of the values; here it is left out
	const published = table('123321412...', '1233224125.3', '.3332342251.', '12332441251.');
	const { raw, ac } = gwet(published, 5)!;
	expect(raw).toBeCloseTo(0.818, 3);
	expect(ac).toBeCloseTo(0.775, 2);
});

test('Gwet’s AC2 of scores: ordinal weights, by their definition; a step apart is nearly the same, nine are not at all', () => {
	const q = 10;
	const choose = (n: number) => (n * (n - 1)) / 2;
	const weight = (one: number, two: number) => 1 - choose(Math.abs(one - two) + 1) / choose(q);
	const list = noisy(60, 6);
	const units = [...Map.groupBy(list, ({ item }) => item).values()].map((said) => said.map(({ value }) => value));
	// of two raters the agreement of a unit is the weight of their two scores
	const observed = units.reduce((sum, [one, two]) => sum + weight(one!, two!), 0) / units.length;
	const scale = Array.from({ length: q }, (_, at) => at + 1);
	const whole = scale.flatMap((one) => scale.map((two) => weight(one, two))).reduce((sum, each) => sum + each, 0);
	const shares = scale.map((each) => list.filter(({ value }) => value === each).length / list.length);
	const chance = (whole / (q * (q - 1))) * shares.reduce((sum, share) => sum + share * (1 - share), 0);
	expect(gwet(list, q, 'ordinal')!.ac).toBeCloseTo((observed - chance) / (1 - chance), 12);
	expect(gwet(list, q, 'ordinal')!.ac).toBeGreaterThan(gwet(list, q)!.ac);
	const apart = (by: number) => table('1'.repeat(30), String(1 + by).repeat(30));
	expect(gwet(apart(1), q, 'ordinal')!.ac).toBeGreaterThan(0.9);
	expect(gwet(apart(8), q, 'ordinal')!.ac).toBeLessThan(0.2);
	// two values on a scale of two are the same or not: AC2 is AC1
	const twoValues = pairs(12, 20, 18);
	expect(gwet(twoValues, 2, 'ordinal')).toEqual(gwet(twoValues, 2, 'nominal'));
});

test('AC1 holds where nearly everybody says the same, and α does not', () => {
	const one = 'a'.repeat(39) + 'b';
	const list = table(one, 'b' + 'a'.repeat(39));
	expect(krippendorff(list, 'nominal')).toBeCloseTo(-0.01, 2);
	const found = agreement(list, { level: 'nominal', categories: 4 });
	expect(found.ac).toBeGreaterThan(0.9);
	expect(found.label).toBe('reliable');
	expect(found.sentence).toMatch(/^Voters said the same in 95 % of 40 shared pairs: reliable, AC1 \.95, α −\.01/);
});

test('hidden with 19 overlapping items, shown with 20', () => {
	const lonely = { item: 'lonely', rater: 'x', value: 5 };
	const hidden = agreement([...noisy(19, 1), lonely], { level: 'interval', categories: 10 });
	expect(hidden).toMatchObject({ overlap: 19, raw: null, ac: null, alpha: null, interval: null, label: null });
	expect(hidden.sentence).toMatch(/not tested. 19 answers .* from 20 on/);
	const shown = agreement([...noisy(20, 1), lonely], { level: 'interval', categories: 10 });
	expect(shown.overlap).toBe(20);
	expect(shown.alpha).toBeGreaterThan(0.8);
	expect(shown.sentence).toMatch(/50 answers give a steadier figure/);
	expect(agreement(noisy(50, 1), { level: 'interval', categories: 10 }).sentence).not.toMatch(/steadier/);
});

test('the labels go by AC1: .8 reliable, .667 tentative', () => {
	// of two values that are said equally often chance agrees in half
	const half = (differ: number) => agreement(pairs(differ, 50 - differ / 2, 50 - differ / 2), two);
	expect(half(8)).toMatchObject({ label: 'reliable' });
	expect(half(12)).toMatchObject({ label: 'tentative' });
	expect(half(20)).toMatchObject({ label: 'unreliable' });
});

const two = { level: 'nominal', categories: 2, samples: 10 } as const;
/** Items of two: so many that differ, so many times 0 twice, so many times 1 twice. */
const pairs = (differ: number, zeros: number, ones: number) =>
	table(
		'0'.repeat(differ) + '0'.repeat(zeros) + '1'.repeat(ones),
		'1'.repeat(differ) + '0'.repeat(zeros) + '1'.repeat(ones)
	);

test('samples in which all is the same say nothing, and do not move the interval', () => {
	// One of 25 items is not all 0, and its three values differ: drawn k times, α = 1 − (49 + k) / (100 − 2k). More than a
	// third of the samples are without it.
	const { alpha, interval } = agreement(table('1'.padEnd(25, '0'), '1'.padEnd(25, '0'), '0'), {
		level: 'nominal',
		categories: 2
	});
	const drawn = (k: number) => 1 - (49 + k) / (100 - 2 * k);
	expect(alpha).toBeCloseTo(drawn(1), 12);
	expect(interval![0]).toBeLessThan(drawn(2));
	expect(interval![0]).toBeGreaterThan(drawn(5));
	expect(interval![1]).toBeCloseTo(drawn(1), 12);
});

test('the interval is repeatable, holds the estimate, and is narrower with more items', () => {
	const width = (items: number) => {
		const { alpha, interval } = agreement(noisy(items, 6), { level: 'ordinal', categories: 10 });
		expect(interval![0]).toBeLessThan(alpha!);
		expect(interval![1]).toBeGreaterThan(alpha!);
		return interval![1] - interval![0];
	};
	expect(width(400)).toBeLessThan(width(25) / 2);
	const options = { level: 'interval', categories: 10, seed: 3 } as const;
	expect(agreement(noisy(40, 6), options)).toEqual(agreement(noisy(40, 6), options));
	expect(agreement(noisy(40, 6), { ...options, seed: 4 }).interval).not.toEqual(
		agreement(noisy(40, 6), options).interval
	);
});

test('everybody always the same: α says nothing, AC1 that they agree', () => {
	const same = noisy(30, 1).map((j) => ({ ...j, value: 8 }));
	expect(agreement(same, { level: 'interval', categories: 10 })).toMatchObject({
		overlap: 30,
		raw: 1,
		ac: 1,
		alpha: null
	});
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
