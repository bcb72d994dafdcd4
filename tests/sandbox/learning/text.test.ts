import { expect, test } from 'vitest';
import { pieces, sentences, stems } from '../../../src/sandbox/learning/text.ts';

const text = 'Hi Tom,\n\nthanks for writing. It’s 3.5 kg – fine!\n- one\n- two\n```js\nlet a = 1. \n```\nDone?';

test('pieces and sentences give the text back when they are joined', () => {
	expect(pieces(text).join('')).toBe(text);
	expect(sentences(text).join('')).toBe(text);
});

test('a line of a list is a sentence, a number with a point is none', () => {
	const list = sentences(text).map((each) => each.trim());
	expect(list).toContain('- one');
	expect(list).toContain('It’s 3.5 kg – fine!');
});

test('stems are the words in small letters, without their endings', () => {
	expect(stems('The Delayed deliveries stopped.')).toEqual(['the', 'delay', 'delivery', 'stop']);
});
