import { expect, test } from 'vitest';
import { marksOf, signatureOf } from '../../../src/lib/core/text/signature.ts';
import { randomFrom } from '../../bench/measure.ts';

const has = (signature: Buffer, words: string) =>
	marksOf(words).every((mark) => (signature[mark >> 3]! >> (mark & 7)) & 1);

test('whatever stands in a text has all its marks there, in any case', () => {
	const text = 'Wo bleibt mein PÄCKCHEN, Nr. 12 % von "ΟΔΟΣ"? It’s 😀 \\n late_ly.';
	const signature = signatureOf(['something else', text]);
	for (let from = 0; from < text.length; from++)
		for (let to = from + 1; to <= text.length; to++) {
			const part = text.slice(from, to);
			expect(has(signature, part), part).toBe(true);
			expect(has(signature, part.toUpperCase()) || part !== part.toUpperCase().toLowerCase()).toBe(true);
		}
	expect(has(signature, 'päckchen')).toBe(true);
	expect(has(signature, 'οδοσ')).toBe(true);
});

test('what stands nowhere is told so, mostly, also one sign', () => {
	const random = randomFrom(7);
	const word = () => Array.from({ length: 6 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
	const words = Array.from({ length: 300 }, word); // people use the same ones again
	const text = () => Array.from({ length: 80 }, () => words[Math.floor(random() * words.length)]).join(' ');
	const signature = signatureOf(Array.from({ length: 32 }, text));
	const wrong = Array.from({ length: 1_000 }, word).filter((some) => has(signature, some));
	expect(wrong.length).toBeLessThan(200);
	expect(has(signature, 'ß')).toBe(false);
	expect(has(signatureOf([]), 'a')).toBe(false);
});
