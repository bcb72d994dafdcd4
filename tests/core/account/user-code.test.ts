import { expect, test } from 'vitest';
import { readUserCode, userCodeFrom, userCodeSigns } from '../../../src/lib/core/account/user-code.ts';

test('a code has eight letters, none of them a vowel or a sign that looks like another', () => {
	const all = Array.from({ length: userCodeSigns }, (_, i) => userCodeFrom(Array<number>(8).fill(i)).charAt(0));
	expect(all.join('')).toBe('BCDFGHJKLMNPQRSTVWXZ');
	expect(userCodeFrom([0, 1, 2, 3, 4, 5, 6, 7])).toBe('BCDF-GHJK');
	expect(() => userCodeFrom([1, 2, 3])).toThrow(RangeError);
});

test.each(['BCDF-GHJK', 'bcdfghjk', ' bcdf ghjk ', 'b-c-d-f-g-h-j-k', 'BCDF–GHJK', 'bcdf\tghjk\n'])(
	'%j is read as it is shown',
	(typed) => expect(readUserCode(typed)).toBe('BCDF-GHJK')
);

test.each(['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ABCD-FGHJ', 'BCDF-GHJ1', 'BCDF_GHJK', 'ſBCDFGHJK', 'BCDFGHJK;'])(
	'%j is no code',
	(typed) => expect(readUserCode(typed)).toBeNull()
);
