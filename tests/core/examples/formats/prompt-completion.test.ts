import { expect, test } from 'vitest';
import { pair } from '../../../../src/lib/core/examples/formats/pair.ts';
import { promptCompletion } from '../../../../src/lib/core/examples/formats/prompt-completion.ts';

const user = { role: 'user', content: 'a' };
const assistant = { role: 'assistant', content: 'b' };

test('text or a list of turns on either side is a conversation, with the rewrite beside it', () => {
	for (const prompt of ['a', [user]])
		for (const completion of ['b', [assistant]])
			expect(promptCompletion.read({ prompt, completion, rewrite: 'c' })).toEqual({
				turns: [user, assistant],
				rewrite: 'c'
			});
});

test.each(['reasoning', 'reasoning_content'])(
	'what was thought (%s) goes with a text, and has no place beside a list',
	(name) => {
		expect(promptCompletion.read({ prompt: 'a', completion: 'b', [name]: 'hm' })).toMatchObject({
			turns: [user, { ...assistant, [name]: 'hm' }]
		});
		expect(promptCompletion.read({ prompt: 'a', completion: [assistant], [name]: 'hm' })).toMatch(
			/"reasoning" beside a list/
		);
		expect(promptCompletion.read({ prompt: 'a', completion: [assistant], [name]: null })).toMatchObject({
			turns: [user, assistant]
		});
	}
);

test('a question or an answer alone is no pair', () => {
	expect(
		[{ input: 'a', output: 'b' }, { input: 'a' }, { output: 'b' }, { input: 'a', output: null }, {}].map(pair.sniff)
	).toEqual([true, false, false, false, false]);
});
