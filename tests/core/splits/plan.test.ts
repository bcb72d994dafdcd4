import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash, randomFrom, shuffled } from '../../../src/lib/core/math/hash.ts';
import { whatValidationProves } from '../../../src/lib/core/splits/plan.ts';
import { type Splittable, planSplit } from '../../support/data/split-plan.ts';

const example = (id: string, rating: number | null, more: Partial<Splittable> = {}): Splittable => {
	return { id, rating, split: 'unassigned', group: id, trained: false, ...more };
};
const rated = (count: number, rating: number, from = 0) =>
	Array.from({ length: count }, (_, i) => example(`r${rating}-${from + i}`, rating));
const book = () => [...rated(17, 10), ...rated(60, 9), ...rated(71, 8), ...rated(40, 7), example('unrated', null)];
const usual = { ratio: 0.8, seed: 1, threshold: 8 };
const plan = (examples: Splittable[], more: Partial<typeof usual> = {}) => planSplit({ examples, ...usual, ...more });

const apply = (examples: Splittable[], more: Partial<typeof usual> = {}): Splittable[] => {
	const to = new Map(plan(examples, more).moves.map((move) => [move.id, move.to]));
	return examples.map((one) => ({ ...one, split: to.get(one.id) ?? one.split }));
};
const idsIn = (examples: Splittable[], split: string) =>
	examples
		.filter((one) => one.split === split)
		.map(({ id }) => id)
		.sort();

test('validation is proportional by rating: 4, 12 and 14 of 17, 60 and 71; never ten of each', () => {
	const { byRating, validation, train, qualified, sentence } = plan(book());
	expect(byRating).toEqual([
		{ rating: 10, qualified: 17, validation: 4 },
		{ rating: 9, qualified: 60, validation: 12 },
		{ rating: 8, qualified: 71, validation: 14 }
	]);
	expect({ validation, train, qualified }).toEqual({ validation: 30, train: 118, qualified: 148 });
	expect(sentence).toBe('118 to train, 30 to validation. Nothing that has a place moves.');
});

test('below the threshold and unrated stay unassigned', () => {
	const after = apply(book());
	expect(idsIn(after, 'unassigned')).toEqual([...rated(40, 7).map(({ id }) => id), 'unrated'].sort());
});

test('a mean of several scores belongs to the whole number below it', () => {
	const means = [...rated(20, 8), ...Array.from({ length: 20 }, (_, i) => example(`mean-${i}`, 8 + i / 21))];
	expect(plan([...means, example('almost', 7.9)]).byRating).toEqual([{ rating: 8, qualified: 40, validation: 8 }]);
});

test('running it six times changes nothing after the first', () => {
	const first = apply(book());
	let again = first;
	for (let i = 0; i < 5; i++) {
		expect(plan(again).moves).toEqual([]);
		again = apply(again);
	}
	expect(again).toEqual(first);
	expect(plan(first, { seed: 99 }).moves).toEqual([]);
	expect(plan(first).sentence).toBe('Nothing to split: every good example has its place.');
});

test('the same seed gives the same split on every machine, in whatever order the examples come', () => {
	const one = apply(book());
	const two = apply(shuffled(book(), randomFrom(4)));
	expect(idsIn(two, 'validation')).toEqual(idsIn(one, 'validation'));
	expect(idsIn(apply(book(), { seed: 2 }), 'validation')).not.toEqual(idsIn(one, 'validation'));
	expect(idsIn(apply(rated(12, 9), { seed: 5 }), 'validation')).toEqual(['r9-2', 'r9-9']);
});

test('where two have the same hash, the id decides', () => {
	// found by trying some eighty million
	const [one, two] = ['1uq3fwbfhkd', 'r2iilu0pzzd'];
	expect(hash(one, 'split:1')).toBe(hash(two, 'split:1'));
	expect(idsIn(apply([example(one, 9), example(two, 9)]), 'validation')).toEqual([one]);
	expect(idsIn(apply([example(two, 9), example(one, 9)]), 'validation')).toEqual([one]);
});

test('the best rating is listed first, in whatever order the examples come', () => {
	const list = [...rated(5, 8), ...rated(5, 10), ...rated(5, 9)];
	expect(plan(list).byRating.map(({ rating }) => rating)).toEqual([10, 9, 8]);
});

test('adding ten moves none of the old, and the new ones join at the ratio', () => {
	const before = apply(book());
	const { moves, byRating } = plan([...before, ...rated(10, 9, 1000)]);
	expect(moves).toHaveLength(10);
	expect(moves.every(({ id }) => id.startsWith('r9-10'))).toBe(true);
	expect(moves.filter(({ to }) => to === 'validation')).toHaveLength(2);
	expect(byRating.find(({ rating }) => rating === 9)).toEqual({ rating: 9, qualified: 70, validation: 14 });
});

test('what validation already holds is counted', () => {
	const list = rated(50, 9).map((one, i) => ({ ...one, split: i < 9 ? ('validation' as const) : one.split }));
	expect(plan(list).moves.filter(({ to }) => to === 'validation')).toHaveLength(1);
	const full = rated(50, 9).map((one, i) => ({ ...one, split: i < 30 ? ('validation' as const) : one.split }));
	expect(plan(full).moves.every(({ to }) => to === 'train')).toBe(true);
});

test('between two ratings the next seat goes to the one that holds it already', () => {
	// 1.6 and 1.4 of three seats: without the two that are held, rating 10 would get the third
	const nines = rated(7, 9).map((one, i) => ({ ...one, split: i < 2 ? ('validation' as const) : ('train' as const) }));
	expect(plan([...rated(8, 10), ...nines]).byRating).toEqual([
		{ rating: 10, qualified: 8, validation: 1 },
		{ rating: 9, qualified: 7, validation: 2 }
	]);
});

test('every rating differs from its exact proportion by less than one item, also after additions', () => {
	const counts = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40));
	const ratios = fc.integer({ min: 60, max: 95 }).map((percent) => percent / 100);
	fc.assert(
		fc.property(fc.array(counts, { minLength: 1, maxLength: 4 }), ratios, fc.nat(), (batches, ratio, seed) => {
			let list: Splittable[] = [];
			batches.forEach(([tens, nines, eights], batch) => {
				list = [
					...list,
					...rated(tens, 10, batch * 100),
					...rated(nines, 9, batch * 100),
					...rated(eights, 8, batch * 100)
				];
				list = apply(list, { ratio, seed });
				for (const { qualified, validation } of plan(list, { ratio, seed }).byRating) {
					expect(Math.abs(validation - qualified * (1 - ratio))).toBeLessThan(1 + 1e-9);
				}
			});
		}),
		{ numRuns: 200 }
	);
});

test('examples with the same prompt stay on one side', () => {
	const list = Array.from({ length: 60 }, (_, i) =>
		example(`e${i}`, 8 + (i % 3), { group: `prompt ${Math.floor(i / 4)}` })
	);
	const after = apply(list);
	for (const family of Map.groupBy(after, ({ group }) => group).values()) {
		expect(new Set(family.map(({ split }) => split)).size).toBe(1);
	}
	expect(idsIn(after, 'validation')).toHaveLength(12);
});

test('families come in the order of their first member, in whatever order the members come', () => {
	const list = Array.from({ length: 40 }, (_, i) => example(`e${i}`, 9, { group: `prompt ${i % 20}` }));
	const place = ({ id }: Splittable) => hash(id, 'split:1');
	const families = [...Map.groupBy(list, ({ group }) => group).values()]
		.map((members) => members.toSorted((one, two) => place(one) - place(two)))
		.sort(([one], [two]) => place(one!) - place(two!));
	const first = families.slice(0, 4).flat(); // 8 of 40
	for (let order = 0; order < 10; order++) {
		const after = apply(shuffled(list, randomFrom(order)));
		expect(idsIn(after, 'validation')).toEqual(first.map(({ id }) => id).sort());
	}
});

test('a family of which only half has a seat does not take it', () => {
	const list = ['a', 'b', 'c', 'd'].map((id) => example(id, 9, { group: id < 'c' ? 'one' : 'two' }));
	expect(plan(list).validation).toBe(0);
});

test('two on the same side are no conflict, and what follows into train takes no seat', () => {
	const list = [
		example('old', 9, { group: 'learnt', split: 'train' }),
		example('older', 9, { group: 'learnt', split: 'train' }),
		...Array.from({ length: 8 }, (_, i) => example(`copy-${i}`, 9, { group: 'learnt' })),
		...rated(10, 9)
	];
	expect(plan(list)).toMatchObject({ train: 16, validation: 4, conflicts: [] });
	const held = list.map((one) => (one.split === 'train' ? { ...one, split: 'validation' as const } : one));
	expect(plan(held)).toMatchObject({ train: 10, validation: 10, conflicts: [] });
});

test('a new example follows its prompt, wherever that is', () => {
	const list = [
		...apply(rated(40, 9)),
		example('low', 3, { group: 'kept', split: 'validation' }),
		example('late', 9, { group: 'kept' }),
		example('old', 9, { group: 'learnt', trained: true }),
		example('copy', 10, { group: 'learnt' })
	];
	const after = apply(list);
	expect(idsIn(after, 'validation')).toContain('late');
	expect(idsIn(after, 'train')).toContain('copy');
	expect(idsIn(after, 'train')).toContain('old');
});

test('a prompt that is already on both sides is left alone and named', () => {
	const list = [
		example('a', 9, { group: 'same', split: 'train' }),
		example('b', 9, { group: 'same', split: 'validation' }),
		example('c', 9, { group: 'same' })
	];
	expect(plan(list)).toMatchObject({ moves: [], conflicts: ['c'] });
	const learnt = [
		example('a', 9, { group: 'same', split: 'validation', trained: true }),
		example('c', 9, { group: 'same' })
	];
	expect(plan(learnt)).toMatchObject({ moves: [], conflicts: ['c'] });
});

test('one prompt for everything: nothing is torn apart', () => {
	const list = Array.from({ length: 30 }, (_, i) => example(`e${i}`, 9, { group: 'one' }));
	expect(plan(list).moves.every(({ to }) => to === 'train')).toBe(true);
});

test('a family is not broken up to fill the last seat, but singles fill it exactly', () => {
	const family = ['x', 'y', 'z'].map((id) => example(id, 9, { group: 'family' }));
	for (let seed = 0; seed < 30; seed++) {
		expect(plan([...rated(7, 9), ...family], { seed }).validation).toBe(2);
	}
});

test('what follows its prompt into validation takes a seat', () => {
	const before = apply(rated(40, 9));
	const held = before.find((one) => one.split === 'validation')!;
	const followers = Array.from({ length: 5 }, (_, i) => example(`f${i}`, 9, { group: held.group }));
	const { moves, validation } = plan([...before, ...followers, ...rated(5, 9, 100)]);
	expect(moves.filter(({ to }) => to === 'validation').map(({ id }) => id)).toEqual(followers.map(({ id }) => id));
	expect(validation).toBe(13);
});

const scores = fc.constantFrom(null, 5, 8, 8, 9, 9, 10);
const added = fc.array(fc.record({ rating: scores, group: fc.nat(14) }), { minLength: 1, maxLength: 12, size: 'max' });
const step = fc.oneof(
	fc.record({ do: fc.constant('add' as const), added }),
	fc.record({ do: fc.constant('split' as const), ratio: fc.integer({ min: 60, max: 95 }), seed: fc.nat(3) }),
	fc.record({ do: fc.constant('train' as const) }),
	fc.record({ do: fc.constant('rate' as const), which: fc.nat(), rating: scores }),
	fc.record({ do: fc.constant('unassign' as const), which: fc.nat() })
);

test('whatever people do, nothing that was trained on, nor its prompt, ever becomes validation', () => {
	let validations = 0;
	fc.assert(
		fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), (steps) => {
			let list: Splittable[] = [];
			const everTrained = new Set<string>();
			const change = (which: number, make: (one: Splittable) => Splittable) =>
				(list = list.map((one, i) => (i === which % list.length ? make(one) : one)));
			for (const act of steps) {
				const before = new Map(list.map((one) => [one.id, one.split]));
				if (act.do === 'add')
					for (const { rating, group } of act.added)
						list.push(example(`e${list.length}`, rating, { group: `g${group}` }));
				if (act.do === 'rate') change(act.which, (one) => ({ ...one, rating: act.rating }));
				// people may take an example out of train by hand; that it was trained on stays
				if (act.do === 'unassign')
					change(act.which, (one) => (one.split === 'train' ? { ...one, split: 'unassigned' } : one));
				if (act.do === 'train')
					list = list.map((one) => (one.split === 'train' && (one.rating ?? 0) >= 8 ? { ...one, trained: true } : one));
				if (act.do === 'split') {
					list = apply(list, { ratio: act.ratio / 100, seed: act.seed });
					for (const one of list) if (before.get(one.id) !== 'unassigned') expect(one.split).toBe(before.get(one.id));
				}
				for (const one of list) if (one.trained) everTrained.add(one.group);
				for (const one of list) {
					if (one.split !== 'validation') continue;
					validations++;
					expect(everTrained.has(one.group)).toBe(false);
				}
			}
		}),
		{ numRuns: 300 }
	);
	expect(validations).toBeGreaterThan(1000); // the property says something
});

test('what validation proves is said before anybody votes', () => {
	expect(whatValidationProves(2636)).toMatch(
		/^2,636 validation examples can only prove a win of at least 1,369 of 2,636:/
	);
	expect(whatValidationProves(10)).toMatch(/^10 validation examples can only prove a win of at least 9 of 10\./);
	expect(whatValidationProves(1)).toBe('1 validation example can prove nothing; 12 are the minimum for a verdict.');
	expect(whatValidationProves(5)).toMatch(/can prove nothing/);
	expect(whatValidationProves(30)).toMatch(/at least 21 of 30: an 80 % chance to detect a true 7\d % win rate\.$/);
});
