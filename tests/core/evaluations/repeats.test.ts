import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatable, repeatsCheck, repeatsDue, repeatsFor } from '../../../src/lib/core/evaluations/repeats.ts';
import { type Repeated, voterFrom } from '../../../src/lib/core/evaluations/counted.ts';

test('a tenth comes again from 40 prompts on, and nothing below', () => {
	expect([1, 39, 40, 49, 50, 2000].map(repeatsFor)).toEqual([0, 0, 4, 4, 5, 200]);
});

test('one of ten that were dealt is due, and never more than were planned', () => {
	expect([0, 9, 10, 19, 20, 40].map((dealt) => repeatsDue(dealt, 3))).toEqual([0, 0, 1, 1, 2, 3]);
});

test('what comes again was judged before ten others, and comes once', () => {
	const ids = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`);
	expect(repeatable(ids(10), new Set())).toEqual([]);
	expect(repeatable(ids(12), new Set())).toEqual(['p0', 'p1']);
	expect(repeatable(ids(13), new Set(['p1']))).toEqual(['p0', 'p2']);
	fc.assert(
		fc.property(fc.nat(60), (count) => {
			for (const id of repeatable(ids(count), new Set())) expect(ids(count).indexOf(id) + 10).toBeLessThan(count);
		})
	);
});

const people = [
	{ id: '1', name: 'Ana' },
	{ id: '2', name: 'Ben' }
];
const said = (personId: string, same: number, other: number): Repeated[] => [
	...Array.from({ length: same }, () => ({ personId, before: 'a' as const, again: 'a' as const })),
	...Array.from({ length: other }, () => ({ personId, before: 'a' as const, again: 'tie' as const }))
];

const asked = (repeats: readonly Repeated[]) =>
	people.map(({ id, name }) => ({
		name,
		...voterFrom(
			id,
			[],
			repeats.filter(({ personId }) => personId === id)
		)
	}));

test('of each voter how often they said the same, with a word where it is little more than chance', () => {
	expect(repeatsCheck(asked([...said('1', 5, 1), ...said('2', 1, 0)]), 6)).toEqual({
		name: 'repeats',
		state: 'ok',
		sentence: 'Ana chose the same answer in 5 of 6 repeats and Ben chose the same answer in 1 of 1 repeat.',
		show: 'came-again'
	});
	expect(repeatsCheck(asked(said('1', 3, 2)), 5)).toEqual({
		name: 'repeats',
		state: 'warn',
		sentence:
			'Ana chose the same answer in 3 of 5 repeats. Below two in three there is much chance in the votes of Ana: it costs power, not fairness.',
		show: 'came-again'
	});
	// of four nobody can tell, and two in three is enough
	expect(repeatsCheck(asked(said('1', 0, 4)), 4).state).toBe('ok');
	expect(repeatsCheck(asked(said('1', 4, 2)), 6).state).toBe('ok');
});

test('where nothing came again, nothing is claimed', () => {
	expect(repeatsCheck(asked([]), 0)).toMatchObject({
		state: 'untested',
		sentence: expect.stringContaining('takes 40 prompts'),
		show: null
	});
	expect(repeatsCheck(asked(said('3', 2, 0)), 4)).toMatchObject({
		state: 'untested',
		sentence: expect.stringContaining('nobody has judged')
	});
});
