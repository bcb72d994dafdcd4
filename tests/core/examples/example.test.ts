import { expect, test } from 'vitest';
import { promptOf, targetOf, withTarget } from '../../../src/lib/core/examples/example.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';

const messages: Message[] = [
	{ role: 'user', content: 'Hi' },
	{ role: 'assistant', content: 'Hello.' },
	{ role: 'user', content: 'Open today?' },
	{ role: 'assistant', content: 'Until five.' }
];

test('the last assistant turn is the answer, all before it is the prompt', () => {
	expect(promptOf(messages)).toEqual(messages.slice(0, 3));
	expect(targetOf({ messages, rewrite: null })).toBe('Until five.');
	expect(targetOf({ messages, rewrite: 'Until six.' })).toBe('Until six.');
	expect(withTarget(messages, 'Until six.')).toEqual([
		...messages.slice(0, 3),
		{ role: 'assistant', content: 'Until six.' }
	]);
	expect(messages[3]!.content).toBe('Until five.');
});

test('without an answer there is nothing to learn, and nothing before it', () => {
	for (const none of [[], messages.slice(0, 1)]) {
		expect(promptOf(none)).toEqual([]);
		expect(targetOf({ messages: none, rewrite: null })).toBe('');
	}
});
