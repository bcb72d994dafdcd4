import { expect, test } from 'vitest';
import { fullLine } from '../../../../src/lib/core/examples/formats/full.ts';
import { preferenceLine, preferenceParts } from '../../../../src/lib/core/examples/formats/preference.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const user = { role: 'user', content: 'Do you ship to Norway?' };
const said = (content: string) => ({ role: 'assistant', content });
const read = (row: object) => {
	const parsed = parseLine(JSON.stringify(row), 1);
	return parsed.ok
		? { turns: parsed.messages.map(({ role, content }) => `${role}: ${content}`), rewrite: parsed.rewrite }
		: parsed.reason;
};
const norway = { turns: ['user: Do you ship to Norway?', 'assistant: No idea.'], rewrite: 'Yes.' };

test.each<[string, object]>([
	[
		'OpenAI and Together',
		{ input: { messages: [user] }, preferred_output: [said('Yes.')], non_preferred_output: [said('No idea.')] }
	],
	['texts', { prompt: user.content, chosen: 'Yes.', rejected: 'No idea.' }],
	['answers as turns', { prompt: [user], chosen: [said('Yes.')], rejected: [said('No idea.')] }],
	[
		'whole conversations',
		{ prompt: user.content, chosen: [user, said('Yes.')], rejected: [user, said('No idea.')], score: 7 }
	],
	[
		'ShareGPT',
		{
			conversations: [{ from: 'human', value: user.content }],
			chosen: { from: 'gpt', value: 'Yes.' },
			rejected: { from: 'gpt', value: 'No idea.' }
		}
	]
])('a pair of %s is an example with a rewrite', (_, row) => {
	expect(read(row)).toEqual(norway);
});

test.each<[string, object, string]>([
	[
		'differ earlier',
		{ chosen: [user, said('Yes.')], rejected: [{ ...user, content: 'Ho?' }, said('No.')] },
		'Line 1 has two conversations that differ before their last answer'
	],
	['are of two kinds', { prompt: 'Ho?', chosen: 'Yes.', rejected: 7 }, 'Line 1 has a worse answer that is no text'],
	['are empty', { prompt: 'Ho?', chosen: ' ', rejected: 'No.' }, 'Line 1 has a better answer that is no text']
])('answers that %s are refused in a sentence', (_, row, sentence) => {
	expect(read(row)).toBe(sentence);
});

test('what we write comes back, with its tools', () => {
	const tools = [{ type: 'function', function: { name: 'find' } }];
	const line = JSON.stringify({
		input: { messages: [user], tools },
		preferred_output: [said('Yes.')],
		non_preferred_output: [said('No idea.')]
	});
	const parsed = parseLine(line, 1);
	if (!parsed.ok) throw new Error(parsed.reason);
	const { messages, rewrite, source } = parsed;
	expect(preferenceLine({ messages, rewrite: rewrite!, source })).toBe(line);
	const again = parseLine(fullLine({ id: 'x', messages, rewrite, source, rating: null, split: null }), 1);
	if (!again.ok) throw new Error(again.reason);
	expect(preferenceLine({ ...again, rewrite: again.rewrite! })).toBe(line);
});

test('all but the last answer is what was asked, and a weight is there or not', () => {
	const turn = (role: 'user' | 'assistant', content: string) => ({ role, content });
	const asked = [turn('user', 'a'), turn('assistant', 'b'), turn('user', 'c')];
	const example = { messages: [...asked, turn('assistant', 'worse')], rewrite: 'better' };
	const parts = {
		input: { messages: asked },
		preferred_output: [said('better')],
		non_preferred_output: [said('worse')]
	};
	expect(preferenceParts(example)).toStrictEqual(parts);
	expect(preferenceParts({ ...example, source: '{"weight":0}' })).toStrictEqual({ ...parts, weight: 0 });
});
