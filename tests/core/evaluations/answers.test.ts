import { describe, expect, test } from 'vitest';
import { flawOf, spoken } from '../../../src/lib/core/evaluations/answers.ts';

describe('what a voter reads', () => {
	test.each([
		['<think>Norway… yes.</think>\n\nYes, we do.', 'Yes, we do.'],
		['  <THINK>\nHm.\n</THINK>Yes.', 'Yes.'],
		['<thinking>One.</thinking>\n<think>Two.</think>\nYes.', 'Yes.'],
		['<think></think>\n\nYes.', 'Yes.'],
		['<think>It never came to an answer', ''],
		[' \n<think>Nor did that', ''],
		['Hm.\n</think> \t\nYes.', 'Yes.'],
		['Hm.\n</think>\nWrite <think> before it.', 'Write <think> before it.'],
		['<think>Only that.</think>\n', ''],
		['The customer asks about Norway.\n</think>\n\nYes, we do.', 'Yes, we do.']
	])('%j is %j', (text, read) => expect(spoken(text)).toBe(read));

	test.each([
		'Yes, we do.',
		'',
		'  Yes.\n',
		'I think <b>so</b>.',
		'Write <think> before and </think> after it.',
		'Example:\n<think>\nhm\n</think>\nThat is the form.',
		'It closes with </think>, always.',
		'It closes with </think>\nalways.',
		'</think> closes it.\nAlways.',
		'It closes:\n</think>.\nAlways.',
		'x<think>y'
	])('%j is left as it is', (text) => expect(spoken(text)).toBe(text));
});

test('an answer that is cut off, at the limit or empty is not complete', () => {
	const of = (text: string, finishReason: string | null) => flawOf({ text, finishReason });
	expect(of('Yes.', 'stop')).toBeNull();
	expect(of('Yes, and', null)).toBe('cut');
	expect(of('Yes, and', 'length')).toBe('limit');
	expect(of('', 'stop')).toBe('empty');
	expect(of(' \n\u00a0', 'stop')).toBe('empty');
	expect(of('<think>Hm.</think>', 'stop')).toBe('empty');
	expect(of('<think>Hm', 'length')).toBe('empty');
	expect(of('Yes.', 'content_filter')).toBeNull();
});
