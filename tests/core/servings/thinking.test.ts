import { describe, expect, test } from 'vitest';
import { type Part, ThoughtParter } from '../../../src/lib/core/servings/thinking.ts';

/** What comes of a text that arrives in these pieces: all that was thought, and all that was said. */
const parted = (pieces: string[]) => {
	const parter = new ThoughtParter();
	const parts: Part[] = [...pieces.flatMap((piece) => parter.take(piece)), ...parter.end()];
	const of = (kind: Part['kind']) =>
		parts
			.filter((part) => part.kind === kind)
			.map(({ text }) => text)
			.join('');
	return { thinking: of('thinking'), text: of('text'), parts };
};

describe('an answer that comes in pieces', () => {
	test.each([
		['says all that it says', 'Yes, we do.', '', 'Yes, we do.'],
		['keeps the blanks it begins with', '\n Yes', '', '\n Yes'],
		['thinks first', '<think>Norway is far.</think>\n\nYes.', 'Norway is far.', 'Yes.'],
		['thinks after an empty line', '\n<think>Hm</think>Yes.', 'Hm', 'Yes.'],
		['may think nothing', '<think>\n</think>Yes.', '\n', 'Yes.'],
		['may never come to an end with thinking', '<think>Hm, a < b </thi', 'Hm, a < b </thi', ''],
		['says a mark that comes later', 'Write <think>x</think>.', '', 'Write <think>x</think>.'],
		['says what only looks like one', '<thin', '', '<thin'],
		['says a second thought', '<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>']
	])('%s, wherever it is cut', (_, whole, thinking, text) => {
		expect(parted([whole])).toMatchObject({ thinking, text });
		expect(parted([...whole])).toMatchObject({ thinking, text });
		for (let at = 1; at < whole.length; at++)
			expect(parted([whole.slice(0, at), whole.slice(at)]), `cut at ${at}`).toMatchObject({ thinking, text });
	});

	test('is handed on at once where nothing has to be waited for', () => {
		expect(new ThoughtParter().take('Yes')).toEqual([{ kind: 'text', text: 'Yes' }]);
	});

	test('is empty where nothing comes', () => {
		expect(parted([]).parts).toEqual([]);
	});
});
