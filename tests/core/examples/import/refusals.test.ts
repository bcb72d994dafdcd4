import { expect, test } from 'vitest';
import { refusing } from '../../../../src/lib/core/examples/import/refusals.ts';

type Refusal = { line: number; reason: string; text: string };

const refused = (...texts: string[]) => {
	const result = { refused: 0, refusals: [] as Refusal[] };
	const refuse = refusing(result);
	for (const [at, text] of texts.entries()) refuse({ line: at + 1, reason: 'why', text });
	return result;
};

test('what is refused is counted and kept as it is', () => {
	expect(refused()).toEqual({ refused: 0, refusals: [] });
	expect(refused('one', '')).toEqual({
		refused: 2,
		refusals: [
			{ line: 1, reason: 'why', text: 'one' },
			{ line: 2, reason: 'why', text: '' }
		]
	});
});

test('a thousand lines are kept, more are only counted', () => {
	const { refused: count, refusals } = refused(...Array.from({ length: 1_002 }, () => 'x'));
	expect([count, refusals.length, refusals.at(-1)!.line]).toEqual([1_002, 1_000, 1_000]);
});

test('two million characters are kept; what does not fit loses its text, and what still fits behind it keeps it', () => {
	const lengths = (...texts: string[]) => refused(...texts).refusals.map(({ text }) => text.length);
	const whole = 'x'.repeat(2_000_000);
	expect(lengths(whole)).toEqual([2_000_000]);
	expect(lengths(`${whole}x`, 'a')).toEqual([0, 1]);
	expect(lengths(whole, 'a', '')).toEqual([2_000_000, 0, 0]);
	expect(lengths(whole.slice(1), 'ab', 'a', 'b')).toEqual([1_999_999, 0, 1, 0]);
	expect(refused(whole, 'a').refusals[1]).toEqual({ line: 2, reason: 'why', text: '' });
});
