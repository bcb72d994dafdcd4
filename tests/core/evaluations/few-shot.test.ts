import { expect, test } from 'vitest';
import { contenderKey, labelsOf, shortLabels } from '../../../src/lib/core/evaluations/contender.ts';
import { chooseShots, needsTools, withFewShot } from '../../../src/lib/core/evaluations/few-shot.ts';
import { singleTally } from '../../../src/lib/core/evaluations/tally.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';

const asks = (number: number, question: string, rating = 9) => ({
	number,
	rating,
	messages: [
		{ role: 'user' as const, content: question },
		{ role: 'assistant' as const, content: 'Yes.' }
	]
});
const numbers = (some: readonly { number: number }[]) => some.map(({ number }) => number);

test('the best that differ most are chosen, the same ones however they come', () => {
	const all = [
		asks(1, 'How long does delivery to Norway take?'),
		asks(2, 'How long does delivery to Sweden take?'),
		asks(3, 'My invoice shows the wrong name, please mend it.'),
		asks(4, 'How long does delivery to Denmark take?'),
		asks(5, 'Can the kettle go into the dishwasher?', 10)
	];
	expect(numbers(chooseShots(all, 3))).toEqual([5, expect.any(Number), expect.any(Number)]);
	const three = numbers(chooseShots(all, 3));
	expect(three).toContain(3);
	expect(numbers(chooseShots(all.toReversed(), 3))).toEqual(three);
	expect(chooseShots(all, 8)).toHaveLength(5);
	expect(chooseShots([], 3)).toEqual([]);
});

test('of what differs as much the higher rating comes first, then the smaller number', () => {
	const same = 'Where is my parcel?';
	expect(numbers(chooseShots([asks(3, same), asks(1, same), asks(2, same, 10)], 3))).toEqual([2, 1, 3]);
});

test('what needs tools is known', () => {
	expect(needsTools(asks(1, 'Hello?').messages)).toBe(false);
	expect(needsTools([{ role: 'tool', content: '12' }])).toBe(true);
	expect(needsTools([{ role: 'assistant', content: '', tool_calls: [] }])).toBe(true);
});

test('its examples stand between its own system prompt and the question', () => {
	const shots = [{ exampleId: 'x', number: 1, messages: asks(1, 'Hello?').messages }];
	const question = { role: 'user' as const, content: 'And now?' };
	const usual = { role: 'system' as const, content: 'Be kind.' };
	const own = { systemPrompt: 'Be brief.', shots };
	expect(withFewShot([usual, question], own, 'Be kind.').map(({ content }) => content)).toEqual([
		'Be brief.',
		'Hello?',
		'Yes.',
		'And now?'
	]);
	// an example that brings a system prompt keeps it
	expect(withFewShot([usual, question], own, 'Be brave.')[0]).toEqual(usual);
	expect(withFewShot([question], own, 'Be kind.')[0]!.content).toBe('Be brief.');
	expect(withFewShot([question], { systemPrompt: ' ', shots }, 'Be kind.')[0]!.content).toBe('Hello?');
	expect(withFewShot([usual, question], null, 'Be kind.')).toEqual([usual, question]);
});

test('it is called by what it really is, also in the verdict, and is an opponent of its own', () => {
	const run = { kind: 'run' as const, runId: 'r2', version: 2 };
	const base = { kind: 'base' as const, runId: 'r2', version: 2, examples: 5 };
	const labels = labelsOf(run, base);
	expect(labels).toEqual({ a: 'v2', b: 'base with 5 examples in its prompt' });
	expect(shortLabels(labels)).toEqual({ a: 'v2', b: 'base + 5 examples' });
	const model = { kind: 'model' as const, model: 'llama', connection: 'Local' };
	expect(labelsOf({ ...model, examples: 3 }, model)).toEqual({ a: 'llama with 3 examples in its prompt', b: 'llama' });
	expect(labelsOf({ ...model, examples: 3 }, { ...model, examples: 3 }).b).toBe(
		'llama (Local) with 3 examples in its prompt, the second'
	);
	const at = { runId: null, connectionId: 'c', model: 'm' };
	expect(contenderKey({ ...at, fewShot: true })).not.toBe(contenderKey(at));
	const tally = singleTally({ wins: 18, losses: 4, ties: 4, bothBad: 0 }, { planned: 26 });
	expect(judge(tally, { ...labels, prompted: true }).sentence).toMatch(
		/^Better than base with 5 examples in its prompt in 18, worse in 4/
	);
	expect(judge(tally, { ...labels }).sentence).toMatch(/^Better in 18, worse in 4/);
});
