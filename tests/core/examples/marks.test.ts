import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import { marksOf, marksVersion } from '../../../src/lib/core/examples/marks.ts';

const call = { id: 'a', type: 'function' as const, function: { name: 'find', arguments: '{}' } };
const turns: Message[] = [
	{ role: 'system', content: 'Be kind.' },
	{ role: 'user', content: 'Where is it?' },
	{ role: 'user', content: ' ' },
	{ role: 'assistant', content: 'Here.' },
	{ role: 'assistant', content: 'Here.', weight: 0 },
	{ role: 'assistant', content: 'Here.<|im_end|>' },
	{ role: 'assistant', content: 'Here.', reasoning: 'I look.' },
	{ role: 'assistant', content: '', tool_calls: [call] },
	{ role: 'tool', content: 'There.', tool_call_id: 'a' }
];
const sources = [
	null,
	'{"tools":[{"type":"function","function":{"name":"find"}}]}',
	'{"tools":"[{"}',
	'{"weight":2}',
	'{"weight":1}'
];
const rewrites = [null, 'There.', 'There. [INST]'];

test('an example that is plain has none, and others what a checklist says of them', () => {
	const [system, user, empty, fine, unweighed, token, thinking] = turns as [Message, Message, Message, Message, Message, Message, Message]; // prettier-ignore
	expect(marksOf({ messages: [system, user, fine] })).toEqual([]);
	expect(marksOf({ messages: [user, user, fine] })).toEqual(['order']);
	expect(marksOf({ messages: [empty, fine] })).toEqual(['empty']);
	expect(marksOf({ messages: [user, unweighed] })).toEqual(['weights']);
	expect(marksOf({ messages: [user, token], source: '{"weight":2}' })).toEqual(['control', 'weight']);
	expect(marksOf({ messages: [user, token], rewrite: 'There.' })).toEqual([]);
	expect(marksOf({ messages: [user, fine], rewrite: 'There. [INST]' })).toEqual(['control']);
	expect(marksOf({ messages: [user, thinking] })).toEqual(['thoughts']);
	expect(marksOf({ messages: [user, thinking], rewrite: 'There.' })).toEqual([]);
	expect(marksOf({ messages: [user, fine], source: '{"weight":1}' })).toEqual([]);
});

/** Every conversation of one to three such turns. */
function* conversations(): Generator<Message[]> {
	for (let most = 1, count = turns.length; most <= 3; most++, count *= turns.length)
		for (let n = 0; n < count; n++)
			yield Array.from({ length: most }, (_, at) => turns[Math.floor(n / turns.length ** at) % turns.length]!);
}

test('marks are kept: where they become others, their version counts on', () => {
	const digest = createHash('sha256');
	for (const messages of conversations())
		for (const source of sources)
			for (const rewrite of rewrites) digest.update(`${marksOf({ messages, source, rewrite }).join()};`);
	expect(
		[marksVersion, digest.digest('hex')],
		'Count marksVersion on (core/examples/marks.ts, upkeep.sql), and put both in here.'
	).toEqual([1, '5565e1f5595a978bcb4de521e91d63cb58be41011cb8bab1747fc45ae1edb500']);
});

/** What the database can see without reading a text holds of every rewrite: only a control token is another mark than its example came with. */
test('a rewrite without a control token brings no mark', () => {
	for (const messages of conversations())
		for (const source of sources) {
			if (messages.at(-1)!.role !== 'assistant') continue;
			const came = marksOf({ messages, source });
			if (came.length === 0) expect(marksOf({ messages, source, rewrite: 'There.' })).toEqual([]);
		}
});
