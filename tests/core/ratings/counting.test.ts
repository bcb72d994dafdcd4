import { describe, expect, test } from 'vitest';
import { type Given, countingScore, ratingOf } from '../../../src/lib/core/ratings/counting.ts';

/** Acts in their order: a score, or null; `!` after it: then others' scores were shown; `@b` the text it was of. */
const given = (acts: string): Given[] =>
	acts
		.split(' ')
		.filter(Boolean)
		.map((act, seq) => {
			const [, score, settled, text] = /^(\d+|-)(!?)(?:@(\w))?$/.exec(act)!;
			return { seq, text: text ?? '', score: score === '-' ? null : Number(score), settled: settled === '!' };
		});
const counts = (acts: string, present = '') => countingScore(given(acts), present);

describe('of one person', () => {
	test('the latest score counts, until it is taken back', () => {
		expect(counts('')).toBeNull();
		expect(counts('3 8')).toBe(8);
		expect(counts('3 -')).toBeNull();
		expect(counts('3 - 8')).toBe(8);
	});

	test('what was said before others’ scores were shown stands for every later score', () => {
		expect(counts('2! 10')).toBe(2);
		expect(counts('3 2! 10 9')).toBe(2);
		expect(counts('2! - 10')).toBe(2);
		expect(counts('2! -')).toBeNull();
	});

	test('a score counts for the text it was given for, and again when that is back', () => {
		expect(counts('10 9@b', 'b')).toBe(9);
		expect(counts('10 9@b')).toBe(10);
		expect(counts('10', 'b')).toBeNull();
		expect(counts('2! 10@b', 'b')).toBe(10);
	});

	test('the order they come in does not matter', () => {
		expect(countingScore(given('3 8 -').toReversed(), '')).toBeNull();
		expect(countingScore(given('3 8').toReversed(), '')).toBe(8);
	});
});

test('the rating is the mean over people, and null when nobody’s score counts', () => {
	const of = (person: string, acts: string) => given(acts).map((one) => ({ person, ...one }));
	const all = [...of('ana', '4 6'), ...of('ben', '9'), ...of('cleo', '1 -'), ...of('dan', '10@b')];
	expect(ratingOf(all, '')).toEqual({ rating: 7.5, count: 2 });
	expect(ratingOf(all, 'b')).toEqual({ rating: 10, count: 1 });
	expect(ratingOf(all, 'c')).toEqual({ rating: null, count: 0 });
});
