import { expect, test } from 'vitest';
import { judgeQuestion, longestShown } from '../../../src/lib/core/evaluations/judge-question.ts';

const ask = (first: string, { second = 'Two.', system = 'Be kind.', question = 'Why?' } = {}) => {
	const { messages, shortened } = judgeQuestion({
		prompt: [
			{ role: 'system', content: system },
			{ role: 'user', content: question }
		],
		first,
		second,
		criteria: 'What is right.',
		fence: 'F'
	});
	return { shortened, shown: messages[1]!.content! };
};
const between = (name: string, shown: string) => shown.split(`<${name} F>\n`)[1]?.split(`\n</${name} F>`)[0];

test('what is as long as it may be is shown whole; one sign more, and it is said how many are left out', () => {
	const whole = 'x'.repeat(longestShown);
	expect(ask(whole)).toMatchObject({ shortened: false });
	expect(between('first-answer', ask(whole).shown)).toBe(whole);
	expect(ask(`${whole}yz`)).toMatchObject({ shortened: true });
	expect(between('first-answer', ask(`${whole}yz`).shown)).toMatch(/^x+\n\[2 more characters/);
	expect(ask('One.', { second: `${whole}y` }).shortened).toBe(true);
});

test('of a conversation the end is shown', () => {
	const head = 'Person: ';
	const whole = 'x'.repeat(longestShown - head.length);
	expect(ask('One.', { question: whole })).toMatchObject({ shortened: false });
	const { shown, shortened } = ask('One.', { question: `${whole}yz` });
	expect(shortened).toBe(true);
	const [left, turns] = between('conversation', shown)!.split('\n');
	expect(left).toMatch(/^\[2 characters before/);
	expect(turns).toHaveLength(longestShown);
	expect(turns).toMatch(/xyz$/);
});

test('a task that says nothing is left out', () => {
	expect(between('task', ask('One.').shown)).toBe('Be kind.');
	expect(ask('One.', { system: ' \n ' }).shown).toMatch(/^<conversation /);
});
