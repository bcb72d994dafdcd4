import { expect, test } from 'vitest';
import { pieces, sentences, terms } from '../../../src/sandbox/learning/words.ts';

const text = 'Hi Tom,\n\nthanks for writing. It’s 3.5 kg – fine!\n- one\n- two\n```js\nlet a = 1. \n```\nDone?';

test('pieces and sentences give the text back when they are joined', () => {
	expect(pieces(text).join('')).toBe(text);
	expect(
		sentences(text)
			.map((each) => each.lead + each.text)
			.join('')
	).toBe(text);
});

test('a block of code is one sentence, and so is a line of a list', () => {
	const list = sentences(text).map((each) => each.text);
	expect(list).toContain('```js\nlet a = 1. \n```');
	expect(list).toContain('- one');
	expect(list).toContain('It’s 3.5 kg – fine!');
});

test('terms are the rare words, without their endings', () => {
	expect(terms('Could you please help with the delayed deliveries?')).toEqual(['delay', 'delivery']);
});
