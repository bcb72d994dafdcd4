import { describe, expect, test } from 'vitest';
import {
	type Answer,
	type Turn,
	asExample,
	promptFor,
	shownTo,
	takenUp,
	tokensPerSecond,
	whyNoPreference
} from '../../../src/lib/core/playground/conversation.ts';

const answer = (text: string, more: Partial<Answer> = {}): Answer => ({
	by: 'v1',
	state: 'done',
	text,
	thinking: '',
	problem: null,
	took: null,
	...more
});
const turn = (question: string, a?: Answer, b?: Answer, preferred: Turn['preferred'] = null): Turn => ({
	id: question,
	question,
	answers: { ...(a && { a }), ...(b && { b }) },
	preferred
});
const said = (turns: Turn[], side: 'a' | 'b' = 'a') =>
	promptFor(turns, turns.length - 1, side, '').map(({ content }) => content);

describe('a model is shown', () => {
	test('the system prompt, unless it is blank, what was said before, and the question', () => {
		expect(promptFor([turn('Hi')], 0, 'a', ' ')).toEqual([{ role: 'user', content: 'Hi' }]);
		expect(promptFor([turn('Hi', answer('Hello')), turn('And?')], 1, 'a', 'Be kind.')).toEqual([
			{ role: 'system', content: 'Be kind.' },
			{ role: 'user', content: 'Hi' },
			{ role: 'assistant', content: 'Hello' },
			{ role: 'user', content: 'And?' }
		]);
	});
	test('its own answers, each side for itself', () => {
		const turns = [turn('1', answer('a1'), answer('b1')), turn('2')];
		expect([said(turns, 'a'), said(turns, 'b')]).toEqual([
			['1', 'a1', '2'],
			['1', 'b1', '2']
		]);
	});
	test('the better answer, where somebody has said so', () => {
		const turns = [turn('1', answer('a1'), answer('b1'), { side: 'b', pairId: null }), turn('2')];
		expect(said(turns, 'a')).toEqual(['1', 'b1', '2']);
	});
	test('what it went on with then, though that preference is taken back since', () => {
		const turns = [turn('1', answer('a1'), answer('b1')), turn('2')];
		expect(said([{ ...turns[0]!, goesOn: 'b' }, turns[1]!], 'a')).toEqual(['1', 'b1', '2']);
		expect(said([{ ...turns[0]!, goesOn: null, preferred: { side: 'a', pairId: null } }, turns[1]!], 'b')).toEqual(['1', 'b1', '2']); // prettier-ignore
	});
	test('the answer of the other side, where it was not there yet', () => {
		expect(said([turn('1', answer('a1')), turn('2')], 'b')).toEqual(['1', 'a1', '2']);
	});
	test('nothing of a question that nobody has answered', () => {
		expect(said([turn('1', answer('', { state: 'refused' })), turn('2')])).toEqual(['2']);
	});
	test('what came of an answer that was stopped', () => {
		expect(said([turn('1', answer('a part', { state: 'stopped' })), turn('2')])).toEqual(['1', 'a part', '2']);
	});
});

describe('which answer is better', () => {
	test.each([
		['can be said of two different ones', [turn('1', answer('x'), answer('y'))], null],
		['not before both are there', [turn('1', answer('x'))], /have to be there/],
		['not while one is being written', [turn('1', answer('x'), answer('y', { state: 'writing' }))], /have to be there/],
		['not where one has nothing to say', [turn('1', answer('x'), answer('', { state: 'refused' }))], /did not answer/],
		['not of equal ones', [turn('1', answer('x'), answer('x'))], /say the same/],
		[
			'not where the two have seen something different',
			[turn('1', answer('x'), answer('y')), turn('2', answer('p'), answer('q'))],
			/different answers before/
		],
		[
			'not where they were asked with different system prompts',
			[turn('1', answer('x', { askedWith: 'Be kind.' }), answer('y', { askedWith: 'Be short.' }))],
			/different system prompts/
		],
		[
			'where it was said before too',
			[turn('1', answer('x'), answer('y'), { side: 'a', pairId: null }), turn('2', answer('p'), answer('q'))],
			null
		]
	] as const)('%s', (_, turns, why) => {
		const said = whyNoPreference(turns, turns.length - 1);
		if (why === null) expect(said).toBeNull();
		else expect(said).toMatch(why);
	});
});

test('an example has the system prompt only where it is not the one of the project', () => {
	const turns = [turn('Hi', answer('Hello'))];
	const roles = (here: string) =>
		asExample(turns, 0, 'a', { here, project: 'Be kind.\n' }).map(({ role, content }) => `${role}: ${content}`);
	expect(roles('Be kind.')).toEqual(['user: Hi', 'assistant: Hello']);
	expect(roles('Be short.')).toEqual(['system: Be short.', 'user: Hi', 'assistant: Hello']);
});

test('an answer belongs to the system prompt that it was asked with, whatever stands there since', () => {
	const turns = [turn('Hi', answer('Hello', { askedWith: 'Be kind.' }), answer('Good day'))];
	const contents = (side: 'a' | 'b') => shownTo(turns, 0, side, 'Be short.').map(({ content }) => content);
	expect([contents('a'), contents('b')]).toEqual([
		['Be kind.', 'Hi'],
		['Be short.', 'Hi']
	]);
	const [first] = asExample(turns, 0, 'a', { here: 'Be short.', project: 'Be short.' });
	expect(first).toEqual({ role: 'system', content: 'Be kind.' });
});

test('what was being written when the page was left is a part, and says so', () => {
	const [kept] = takenUp([turn('Hi', answer('Hel', { state: 'writing' }), answer('Hello'))]);
	expect([kept!.answers.a!.state, kept!.answers.a!.text, kept!.answers.b!.state]).toEqual(['left', 'Hel', 'done']);
});

test('tokens in a second are counted from the first one on, where they can be', () => {
	const took = { firstTokenMs: 500, totalMs: 2500, promptTokens: 1, completionTokens: 100, costMicros: null };
	expect(tokensPerSecond(took)).toBe(50);
	expect(tokensPerSecond({ ...took, completionTokens: 1 })).toBeNull();
	expect(tokensPerSecond({ ...took, completionTokens: null })).toBeNull();
	expect(tokensPerSecond({ ...took, firstTokenMs: null })).toBeNull();
	expect(tokensPerSecond({ ...took, totalMs: 500 })).toBeNull();
});
