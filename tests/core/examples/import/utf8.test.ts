import { expect, test } from 'vitest';
import { decoded, isDoubtful, isFaithful } from '../../../../src/lib/core/examples/import/utf8.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

test('a byte order mark is a character like others', () => {
	const marked = bytes(0xef, 0xbb, 0xbf, 0x61);
	expect(decoded(marked)).toBe('\ufeffa');
	expect(isFaithful('\ufeffa', marked)).toBe(true);
});

test('the sign for what is no character is doubtful, and right where the bytes say it', () => {
	expect([isDoubtful('a'), isDoubtful('a\ufffd')]).toEqual([false, true]);
	expect(isFaithful('a\ufffd', bytes(0x61, 0xef, 0xbf, 0xbd))).toBe(true);
});

test.each([
	['another byte', bytes(0x61, 0x80)],
	['others, as many', bytes(0x61, 0xf0, 0x9f, 0x98)],
	['one more', bytes(0x61, 0xef, 0xbf, 0xbd, 0x61)],
	['one less', bytes(0x61, 0xef, 0xbf)]
])('a text does not say what the bytes say, where they have %s', (_, given) => {
	expect(isFaithful('a\ufffd', given)).toBe(false);
});
