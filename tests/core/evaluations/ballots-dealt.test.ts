import { expect, test } from 'vitest';
import { dealt } from '../../../src/lib/core/evaluations/ballots.ts';

test('what lacks votes comes first, of these what the fewest have before them, else as it came', () => {
	const closed = new Set(['a', 'd']);
	const shown = new Map([
		['b', 2],
		['c', 1],
		['e', 1],
		['a', 1]
	]);
	expect(dealt(['a', 'b', 'c', 'd', 'e', 'f'], { closed, shown })).toEqual(['f', 'c', 'e', 'b', 'd', 'a']);
	expect(dealt(['f', 'b'], { closed, shown })).toEqual(['f', 'b']);
	expect(dealt(['b', 'f'], { closed, shown })).toEqual(['f', 'b']);
	expect(dealt([], { closed, shown })).toEqual([]);
});
