import { expect, test } from 'vitest';
import {
	chanceWords,
	eyesOf,
	listed,
	points,
	range,
	rateWords,
	soMany,
	timesIn,
	upTo
} from '../../../src/lib/core/evaluations/words.ts';

test('points are whole, with a sign unless they are none', () => {
	expect([0.3, 0.004, 0, -0.004, -0.38].map(points)).toEqual(['+30', '0', '0', '0', '−38']);
	expect(range([-0.11, 0.15])).toBe('−11 to 15');
});

test.each([
	[1, '100 in 100'],
	[0.01, 'once in 100'],
	[0.005, 'once in 100'],
	[0.0049, '5 in 1,000'],
	[0.001, 'once in 1,000'],
	[0.0005, 'once in 1,000'],
	[0.0004, 'less than once in 1,000']
])('a chance of %f is %s times', (chance, words) => {
	expect(timesIn(chance)).toBe(`${words} times`);
});

test.each([
	[0.5, '11 in 20'],
	[0.555, '11 in 20'],
	[0.556, '3 in 5'],
	[0.65, '2 in 3'],
	[0.7, '7 in 10'],
	[0.75, '3 in 4'],
	[0.8, '4 in 5'],
	[0.85, '17 in 20'],
	[0.9, '9 in 10'],
	[0.95, '19 in 20']
])('a rate of %f is about %s, and no better than it is', (rate, words) => {
	expect(rateWords(rate)).toBe(`about ${words}`);
});

test.each([
	[0.039, 'less than a 1 in 20'],
	[0.04, 'about a 1 in 20'],
	[0.1, 'about a 1 in 10'],
	[0.16, 'about a 1 in 6'],
	[0.27, 'about a 1 in 4'],
	[0.275, 'about a 3 in 10'],
	[0.94, 'about a 9 in 10'],
	[0.95, 'more than a 9 in 10']
])('a chance of %f is %s, and never all of them', (chance, words) => {
	expect(chanceWords(chance)).toBe(words);
});

test('people are listed with one “and”, and nobody has no eyes', () => {
	expect([[], ['Ana'], ['Ana', 'Ben'], ['Ana', 'Ben', 'Cem']].map(listed)).toEqual([
		'',
		'Ana',
		'Ana and Ben',
		'Ana, Ben and Cem'
	]);
	expect(eyesOf([])).toBe('');
	expect(eyesOf(['Ana'])).toContain('Ana');
	expect(eyesOf(['Ana', 'Ben'])).toContain('2 people');
});

test('how many can be asked is said as far as it is counted', () => {
	expect([1, 1999, 2000].map(upTo)).toEqual(['1', '1,999', 'Up to 2,000']);
	const said = (count: number, isPart: boolean) => soMany(count, isPart, 'prompt', 'prompts');
	expect([0, 1, 2, 2000].map((count) => said(count, false))).toEqual([
		'No prompt is',
		'One prompt is',
		'2 prompts are',
		'2,000 prompts are'
	]);
	expect([1, 2000].map((count) => said(count, true))).toEqual(['At least one prompt is', 'At least 2,000 prompts are']);
});
