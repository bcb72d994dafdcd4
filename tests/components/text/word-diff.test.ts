import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWords, wordDiff, type DiffPart } from '../../../src/lib/components/text/word-diff.ts';

const side = (parts: DiffPart[], kind: 'removed' | 'added') =>
	parts.flatMap((part) => (part.kind === kind || part.kind === 'same' ? part.text : [])).join('');

test('a changed word is one removal and one addition', () => {
	expect(wordDiff('It takes ten days.', 'It takes five days.')).toEqual([
		{ kind: 'same', text: 'It takes ' },
		{ kind: 'removed', text: 'ten' },
		{ kind: 'added', text: 'five' },
		{ kind: 'same', text: ' days.' }
	]);
});

test('neighbouring changes read as phrases, not as alternating words', () => {
	const parts = wordDiff('Dear customer, hello', 'Hi Mara, hello');
	expect(parts.slice(0, 2)).toEqual([
		{ kind: 'removed', text: 'Dear customer' },
		{ kind: 'added', text: 'Hi Mara' }
	]);
	expect(countWords(parts, 'removed')).toBe(2);
});

test('equal texts have no change, and empty ones are fine', () => {
	expect(wordDiff('the same', 'the same')).toEqual([{ kind: 'same', text: 'the same' }]);
	expect(wordDiff('', '')).toEqual([]);
	expect(wordDiff('', 'new')).toEqual([{ kind: 'added', text: 'new' }]);
});

test('both texts can be read back from the parts, whatever they are', () => {
	const text = fc
		.array(fc.constantFrom('a', 'bb', 'ccc', ' ', '\n', '.', '🙂', 'é'), { maxLength: 40 })
		.map((all) => all.join(''));
	fc.assert(
		fc.property(text, text, (before, after) => {
			const parts = wordDiff(before, after);
			expect(side(parts, 'removed')).toBe(before);
			expect(side(parts, 'added')).toBe(after);
		})
	);
});
