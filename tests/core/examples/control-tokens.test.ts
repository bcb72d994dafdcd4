import { expect, test } from 'vitest';
import { controlTokenIn, controlTokenParts } from '../../../src/lib/core/examples/control-tokens.ts';
import { flawsOfExample } from '../../../src/lib/core/examples/trainable.ts';

test.each([
	['Fine.<|im_end|>', '<|im_end|>'],
	['<|start_header_id|>user', '<|start_header_id|>'],
	['<end_of_turn>', '<end_of_turn>'],
	['[INST] Hi [/INST]', '[INST]'],
	['Bye. [/INST] <', '[/INST]'],
	['<<SYS>>', '<<SYS>>']
])('%s', (text, token) => {
	expect(controlTokenIn(text)).toBe(token);
	expect(controlTokenParts.filter((part) => token.includes(part))).toHaveLength(1);
});

test.each(['a <b> and a | b', 'a <| b |> c', '[INSTALL]', '<s>struck</s>', 'x <|> y'])('%s is text', (text) => {
	expect(controlTokenIn(text)).toBeNull();
});

const turns = (answer: string, system?: string) => [
	...(system ? [{ role: 'system' as const, content: system }] : []),
	{ role: 'user' as const, content: 'Hi?' },
	{ role: 'assistant' as const, content: answer }
];

test('an example with one is named with its turn, in a rewrite and a system prompt too', () => {
	const found = { rule: 'control', words: expect.stringContaining('turn 2 has the control token <|im_end|>') };
	expect(flawsOfExample({ messages: turns('Hello<|im_end|>'), rewrite: null })).toMatchObject([found]);
	expect(flawsOfExample({ messages: turns('Hello'), rewrite: 'Hello<|im_end|>' })).toMatchObject([found]);
	expect(flawsOfExample({ messages: turns('Hello', 'Be kind.<|eot_id|>'), rewrite: null })).toMatchObject([
		{ rule: 'control' }
	]);
	expect(flawsOfExample({ messages: turns('Hello'), rewrite: null })).toEqual([]);
});
