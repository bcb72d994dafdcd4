import { describe, expect, test } from 'vitest';
import {
	countedInWords,
	countedLines,
	cutInWords,
	doubtfulFrom,
	isCounted,
	summed,
	uncountedInWords
} from '../../../src/lib/core/runs/lengths.ts';

test('Together and the sandbox count examples, and nobody counts pairs', () => {
	expect(isCounted('together', 'sft')).toBe(true);
	expect(isCounted('sandbox', 'sft')).toBe(true);
	expect(isCounted('together', 'dpo')).toBe(false);
	expect(isCounted('openai', 'sft')).toBe(false);
	expect(isCounted(null, 'sft')).toBe(false);
});

describe('the lines that are counted', () => {
	test('are all of a small file, without what is no line', () => {
		expect(countedLines('a\nb\n')).toEqual(['a', 'b']);
		expect(countedLines('a\nb')).toEqual(['a', 'b']);
		expect(countedLines('')).toEqual([]);
	});

	test('are a hundred at most', () => {
		expect(countedLines('a\n'.repeat(101))).toHaveLength(100);
	});

	test('are no more than a megabyte, and one whatever it has', () => {
		const long = 'a'.repeat(600_000);
		expect(countedLines(`${long}\n${long}\n`)).toEqual([long]);
		expect(countedLines(`${long}${long}\nb\n`)).toEqual([long + long]);
	});
});

test('an example is in doubt from half of what fits, with the system prompt', () => {
	expect(doubtfulFrom(8_193, 96)).toBe(4_000);
	expect(doubtfulFrom(100, 96)).toBe(0);
});

test('rows are summed', () => {
	expect(summed(8_192, [{ tokens: 30 }, { tokens: 70 }, { tokens: 50 }])).toEqual({
		rows: 3,
		tokens: 150,
		longestTokens: 70,
		contextTokens: 8_192
	});
	expect(summed(8_192, [])).toMatchObject({ rows: 0, tokens: 0, longestTokens: 0 });
});

test('what was counted says whether all was', () => {
	const counted = { rows: 20, tokens: 4_210, longestTokens: 312, contextTokens: 32_768 };
	expect(countedInWords('Together.ai', counted, 20)).toBe(
		'Together.ai has counted the tokens: 4,210 in the training file; the longest has 312, and 32,768 fit.'
	);
	expect(countedInWords('Together.ai', counted, 5_000)).toBe(
		'Together.ai has counted the tokens of 20 of 5,000 examples, those that looked too long first: the longest has 312, and 32,768 fit. Those of the others are our estimate.'
	);
	expect(uncountedInWords('OpenAI', 4_000)).toMatch(/our estimate: about 4,000 tokens/);
});

test('what does not fit is named, up to three, and what follows from it', () => {
	const words = (count: number) =>
		cutInWords(
			'Together.ai',
			8_192,
			Array.from({ length: count }, (_, i) => `example ${i + 1}`)
		);
	expect(words(1)).toBe(
		'Example 1 has more tokens than the 8,192 that fit, as Together.ai counts. Its end, where the answer stands, would be cut off, so nothing was ordered. Shorten it, or leave it out of the split, and train again.'
	);
	expect(words(2)).toMatch(/^Example 1 and example 2 have .*Their ends, where the answer stands.*Shorten them/);
	expect(words(3)).toMatch(/^Example 1, example 2 and example 3 have/);
	expect(words(5)).toMatch(/^Example 1, example 2, example 3 and 2 more have/);
});
