import { describe, expect, test } from 'vitest';
import type { VerdictKind } from '../../../src/lib/core/evaluations/rules.ts';
import { type AnswerKind, answerSentence, sidesOfPart, thirdOf } from '../../../src/lib/core/evaluations/three-way.ts';

describe('the figures of an answer', () => {
	/** Each comparison has a figure of its own: 1 training, 2 prompt, 3 tuned. */
	const said = (...[kind, training, prompt, tuned]: [AnswerKind, VerdictKind, VerdictKind, VerdictKind]) =>
		answerSentence(kind, {
			training: { kind: training, words: '+1' },
			prompt: { kind: prompt, words: '+2' },
			tuned: { kind: tuned, words: '+3' }
		});
	const figures = (sentence: string) => [...sentence.matchAll(/\+(\d)/g)].map(([, which]) => Number(which));

	test.each<[AnswerKind, VerdictKind, VerdictKind, VerdictKind, number[]]>([
		['train', 'ship-it', 'too-close', 'ship-it', [1, 3]],
		['prompt', 'too-close', 'ship-it', 'ship-it', [1, 2]],
		['base', 'too-close', 'too-close', 'too-close', [1, 2]],
		// what loses to the base is told of the trained model beside the base
		['base', 'too-close', 'too-close', 'dont-ship', [3, 2]],
		['base', 'ship-it', 'too-close', 'dont-ship', [3, 2]],
		['open', 'promising', 'ship-it', 'ship-it', [1, 2]],
		['open', 'too-close', 'dont-ship', 'ship-it', [2, 1, 3]],
		['open', 'dont-ship', 'dont-ship', 'ship-it', [2, 1, 3]],
		['unfair', 'blocked', 'ship-it', 'ship-it', []]
	])('%s after training %s, prompt %s, tuned %s are those of %j', (kind, training, prompt, tuned, expected) => {
		expect(figures(said(kind, training, prompt, tuned))).toEqual(expected);
	});

	test.each<[VerdictKind, RegExp]>([
		['ship-it', /prompt is better .*\+2/],
		['too-close', /prompt makes no difference .*\+2/],
		['dont-ship', /prompt is worse .*\+2/],
		['promising', /not shown yet: \+2/]
	])('a prompt of which %s came out', (prompt, expected) => {
		expect(said('prompt', 'too-close', prompt, 'ship-it')).toMatch(expected);
	});

	test('a training that made it worse is not one without a difference, and only what is shown is said', () => {
		expect(said('prompt', 'dont-ship', 'ship-it', 'ship-it')).toMatch(/^The trained model is worse /);
		expect(said('prompt', 'too-close', 'ship-it', 'ship-it')).toMatch(/^The trained model makes no difference /);
		expect(said('train', 'ship-it', 'ship-it', 'ship-it')).toMatch(/It is better than the base model too: \+3/);
		expect(said('train', 'ship-it', 'ship-it', 'promising')).toMatch(/not shown by itself: \+3/);
	});
});

test('whose wins are counted against whom', () => {
	expect(sidesOfPart).toEqual({
		training: ['trained', 'prompt'],
		prompt: ['prompt', 'base'],
		tuned: ['trained', 'base']
	});
});

test('each of the three is a third of what is settled, and all thirds of both together', () => {
	expect(thirdOf(7, 4)).toEqual([2, 1]);
	expect(thirdOf(8, 1)).toEqual([2, 1]);
	expect(thirdOf(2, 0)).toEqual([0, 0]);
});
