import { describe, expect, test } from 'vitest';
import type { Message } from '../../../../src/lib/core/examples/conversation.ts';
import { alpaca } from '../../../../src/lib/core/examples/formats/alpaca.ts';
import { conversation } from '../../../../src/lib/core/examples/formats/conversation.ts';
import { answerTurn, drafted } from '../../../../src/lib/core/examples/formats/format.ts';
import { preference } from '../../../../src/lib/core/examples/formats/preference.ts';
import { trainedParts } from '../../../../src/lib/core/examples/formats/training.ts';

const user = { role: 'user', content: 'Where is it?' };
const said = (content: string, more: object = {}) => ({ role: 'assistant', content, ...more });

describe('what a row brings beside its turns', () => {
	const system = { role: 'system', content: 'Be kind.' };
	test('a system prompt comes first, once', () => {
		expect(drafted({ system: 'Be kind.' }, [user], { rewrite: 'x' })).toEqual({ turns: [system, user], rewrite: 'x' });
		expect(drafted({ system: 'Be kind.' }, [null], {})).toEqual({ turns: [system, null] });
		expect(drafted({ system: 'Be kind.' }, [system, user], { saysMore: true })).toEqual({
			...{ turns: [system, user], saysMore: true }
		});
		expect(drafted({ system: 'Be brief.' }, [system, user], {})).toMatch(/keep one of them$/);
		for (const blank of [undefined, null, ' \n'])
			expect(drafted({ system: blank }, [system, user], {})).toEqual({ turns: [system, user] });
	});

	test('thoughts stand in the answer', () => {
		expect(answerTurn({}, 'x')).toStrictEqual(said('x'));
		expect(answerTurn({ reasoning: null, reasoning_content: null }, 'x')).toStrictEqual(said('x'));
		expect(answerTurn({ reasoning: 'a', reasoning_content: 'b' }, 'x')).toStrictEqual(
			said('x', { reasoning: 'a', reasoning_content: 'b' })
		);
	});
});

describe('instructions', () => {
	const read = (input: unknown, more: object = {}) =>
		alpaca.read({ instruction: 'Where is it?', input, output: 'Here.', ...more });
	const asked = (content: string, saysMore: boolean) => ({
		...{ turns: [{ role: 'user', content }, said('Here.')], rewrite: undefined, saysMore }
	});
	test('an input follows after a blank line; an empty one, as pandas writes it, is none', () => {
		expect(read('The key')).toEqual(asked('Where is it?\n\nThe key', false));
		expect(read('The nan')).toEqual(asked('Where is it?\n\nThe nan', false));
		expect(read(undefined)).toEqual(asked('Where is it?', false));
		expect(read('')).toEqual(asked('Where is it?', false));
		for (const blank of ['nan', ' NaN ', '\n nan', 'nan \t', '   '])
			expect(read(blank)).toEqual(asked('Where is it?', true));
		expect(read('The key', { instruction: ' ' })).toEqual(asked('The key', false));
		expect(read(null, { rewrite: 'There.' })).toMatchObject({ rewrite: 'There.' });
	});
	test('what is there instead of an answer is named, up to five fields', () => {
		const row = { instruction: 'x', a: 1, b: 2, c: 3, d: 4, e: 5 };
		expect(alpaca.read(row)).toBe('has an "instruction" but no "output"; it has "instruction", "a", "b", "c", "d"');
	});
});

test('a recorded chat has turns of either kind', () => {
	expect(conversation.sniff({ conversation: [] })).toBe(true);
	expect(conversation.sniff({ conversation: 'x' })).toBe(false);
	expect(conversation.read({ conversation: [user, said('Here.')], rewrite: 'x' })).toMatchObject({
		...{ turns: [user, said('Here.')], rewrite: 'x' }
	});
	const turns = [
		{ from: 'human', value: 'Where is it?' },
		{ from: 'gpt', value: 'Here.' }
	];
	expect(conversation.read({ conversation: turns })).toMatchObject({ turns: [user, said('Here.')] });
	expect(conversation.read({ conversation: [null] })).toMatchObject({ turns: [null] });
});

describe('pairs', () => {
	const pair = { chosen: 'Here.', rejected: 'No.' };
	test('are told by their fields', () => {
		const known = ([preferred, chosen, rejected, completion]: unknown[]) =>
			preference.sniff({ preferred_output: preferred, chosen, rejected, completion });
		for (const row of [['x'], [null, 'x', 'y', 'z'], [null, 'x', 'y'], [null, 'x']]) expect(known(row)).toBe(true);
		for (const row of [[], [null, 'x', null, 'z'], [null, null, 'y', 'z']]) expect(known(row)).toBe(false);
	});
	test.for<[string, object, string]>([
		['has no worse one', { chosen: 'Here.' }, 'has a better answer but no worse one ("rejected")'],
		['has none of OpenAI', { preferred_output: [] }, 'has a better answer but no worse one ("non_preferred_output")'],
		['has no question', pair, 'has two answers, but not what was asked'],
		['has an empty one', { ...pair, prompt: '' }, 'has two answers, but not what was asked'],
		['has none that is text', { ...pair, prompt: 7 }, 'has two answers, but not what was asked'],
		['says the same twice', { prompt: 'x', chosen: 'y', rejected: 'y' }, 'has two answers that say the same'],
		[
			'has a text and a turn',
			{ prompt: 'x', chosen: [said('y')], rejected: 'z' },
			'has a better answer that is no text'
		]
	])('one that %s is refused in a sentence', ([, row, sentence]) => expect(preference.read({ ...row })).toBe(sentence));
	test('what stands in the input besides says more', () => {
		const read = (input: object | null) => preference.read({ ...pair, prompt: 'Where is it?', input });
		const turns = [user, said('No.')];
		expect(read(null)).toEqual({ turns, rewrite: 'Here.', saysMore: false });
		expect(read({ messages: [user] })).toEqual({ turns, rewrite: 'Here.', saysMore: false });
		expect(read({ messages: [user], tools: [] })).toEqual({ turns, rewrite: 'Here.', saysMore: true });
	});
	test('turns that cannot be read say why', () => {
		expect(preference.read({ ...pair, conversations: [{ from: 'nobody', value: 'x' }] })).toEqual(expect.any(String));
	});
});

test('what trains is what the providers know: thoughts and weights of answers, and of nobody else', () => {
	const more = { weight: 1, reasoning: 'a', reasoning_content: 'b' };
	const messages = [{ ...user, ...more }, said('Here.', more), user, said('There.')] as Message[];
	const parts = (taken?: Parameters<typeof trainedParts>[2]) =>
		trainedParts({ messages, rewrite: null, source: '{"weight":0.5}' }, null, taken);
	const whole = { messages: [user, said('Here.', more), user, said('There.')], weight: 0.5 };
	expect(parts()).toStrictEqual(whole);
	expect(parts({ thoughts: false, weights: false })).toStrictEqual({
		messages: [user, said('Here.', { weight: 1 }), user, said('There.')]
	});
	expect(parts({ thoughts: false })).toMatchObject({ weight: 0.5 });
	expect(
		trainedParts({ messages: [user, said('x')] as Message[], rewrite: null, source: '{"weight":"much"}' })
	).toStrictEqual({
		messages: [user, said('x')]
	});
});
