import { expect, test } from 'vitest';
import { type Prefer, merged } from '../../../src/cli/remote/merge.ts';
import { opinionOf } from '../../../src/cli/remote/opinions.ts';
import { partsOf } from '../../../src/cli/remote/plan.ts';
import type { Base } from '../../../src/cli/remote/synced.ts';

// What two sides of one example come to: rating and text, with what both knew when they last met.

type Side = [rating: number | null, text: string];
const side = ([rating, text]: Side) => ({ rating, text });
const knew = (rating: number | null, text: string, server: number | null = rating): Base => ({
	rating,
	text,
	server,
	acts: 0
});

test.each<[string, Side, Side, Base | undefined, Prefer, [boolean, boolean], boolean, boolean]>([
	['nothing changed', [8, ''], [8, ''], knew(8, ''), undefined, [false, false], false, false],
	['they rated', [null, ''], [8, ''], knew(null, ''), undefined, [true, false], false, false],
	['we rated', [9, ''], [8, ''], knew(8, ''), undefined, [false, false], false, true],
	['both rated: ours is sent as ours', [9, ''], [7, ''], knew(8, ''), undefined, [false, false], false, true],
	['both rated, theirs is wanted', [9, ''], [7, ''], knew(8, ''), 'there', [true, false], false, false],
	['never met, and they have none', [9, ''], [null, ''], undefined, undefined, [false, false], false, true],
	['never met, we have none', [null, ''], [7, 'a'], undefined, undefined, [true, true], false, false],
	[
		'sent by a script: they show no rating',
		[9, ''],
		[null, ''],
		{ rating: 9, text: '', acts: 0 },
		undefined,
		[false, false],
		false,
		false
	],
	['they took theirs back', [8, ''], [null, ''], knew(8, ''), undefined, [true, false], false, false],
	['they rewrote', [8, ''], [8, 'a'], knew(8, ''), undefined, [false, true], false, false],
	['we rewrote', [8, 'b'], [8, ''], knew(8, ''), undefined, [false, false], false, true],
	['both rewrote', [8, 'b'], [8, 'a'], knew(8, ''), undefined, [false, false], true, false],
	['both rewrote the same', [8, 'a'], [8, 'a'], knew(8, ''), undefined, [false, false], false, false],
	['both rewrote, ours is wanted', [8, 'b'], [8, 'a'], knew(8, ''), 'here', [false, false], false, true],
	['both rewrote, theirs is wanted', [8, 'b'], [8, 'a'], knew(8, ''), 'there', [false, true], false, false]
])('%s', (_, mine, theirs, known, prefer, [rating, text], isConflict, isUnsent) => {
	const result = merged(side(mine), side(theirs), known, prefer);
	expect(result).toMatchObject({ takes: { rating, text }, isConflict, isUnsent });
	// once pulled, the same pull brings nothing more
	const now = { rating: rating ? theirs[0] : mine[0], text: text ? theirs[1] : mine[1] };
	expect(merged(now, side(theirs), result.base, undefined)).toMatchObject({
		takes: { rating: false, text: false },
		isConflict,
		isUnsent
	});
	// and a push sends what is unsent, and nothing else
	const opinion = opinionOf(now, { ...side(theirs), rewrite: null }, result.base);
	expect(opinion).toBe(isConflict ? 'conflict' : isUnsent ? (now.text === theirs[1] ? 'rating' : 'rewrite') : null);
});

test('new examples go in parts of a size, each of them once', () => {
	const fresh = [5, 5, 3, 20, 1].map((length, line) => ({ line, length, hash: line, base: knew(null, '') }));
	expect(partsOf(fresh, 10).map((part) => part.map(({ line }) => line))).toEqual([[0, 1], [2], [3], [4]]);
	expect(partsOf([])).toEqual([]);
});
