import { describe, expect, test } from 'vitest';
import { judgeQuestion, longestShown, usualCriteria } from '../../../src/lib/core/evaluations/judge-question.ts';
import { readReply } from '../../../src/lib/core/evaluations/judge-reply.ts';
import {
	agreementSentence,
	calibratedSentence,
	lengthSentence,
	notJudgedSentence,
	orderSentence,
	ownSentence
} from '../../../src/lib/core/evaluations/judge-sentences.ts';
import {
	type JudgedPair,
	type ModelOutcome,
	judgeSummary,
	judgingCan,
	settled
} from '../../../src/lib/core/evaluations/judging.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';

describe('a reply is read strictly', () => {
	test.for([
		['{"better":"first"}', 'first'],
		['{"why":"It is right.","better":"second"}', 'second'],
		['  {"better": " TIE "}\n', 'tie'],
		['<think>first? second?</think>{"better":"tie"}', 'tie'],
		['```json\n{"better":"second","why":"x"}\n```', 'second'],
		['Here you are: {"better":"first"} I hope it helps.', 'first'],
		['{"better":"first"} or rather {"better":"first"}', 'first'],
		['Second.', 'second'],
		['**tie**', 'tie']
	] as const)('%s', ([text, choice]) => {
		expect(readReply(text)?.choice).toBe(choice);
	});

	test.for([
		...[
			'',
			' ',
			'{}',
			'[]',
			'null',
			'"x"',
			'1',
			'{"better":1}',
			'{"better":null}',
			'{"better":"a"}',
			'{"better":["first"]}'
		],
		...['{"better":"first"', '{"better":"first"} {"better":"second"}', 'The first one is better.', 'first or second'],
		...['<think>{"better":"first"}', '{"BETTER":"first"}', '{"better":{"better":"first"}', '[{"better":"third"}]'],
		'{"__proto__":{"better":"first"}}'
	])('nothing is guessed from %s', (text) => {
		const reply = readReply(text);
		// an object inside something broken is still one object that judges
		if (text === '{"better":{"better":"first"}') expect(reply?.choice).toBe('first');
		else expect(reply).toBeNull();
	});

	test('a thousand damaged replies are no score, and take no time that grows with their length', () => {
		const random = randomFrom(7);
		const signs = [
			'{',
			'}',
			'"better"',
			':',
			'"first"',
			'"second"',
			',',
			'\\',
			'\u0000',
			'<think>',
			'</think>',
			'tie',
			'[',
			']',
			'\ud800'
		];
		for (let at = 0; at < 1000; at++) {
			const text = Array.from({ length: 12 }, () => signs[Math.floor(random() * signs.length)]).join('');
			const reply = readReply(text);
			if (reply) expect(['first', 'second', 'tie']).toContain(reply.choice);
		}
		expect(readReply('{'.repeat(2_000_000))).toBeNull();
	});

	test('its reason is cut, and its own', () => {
		expect(readReply(JSON.stringify({ better: 'tie', why: ` ${'x'.repeat(900)}` }))!.why).toHaveLength(400);
		expect(readReply('{"better":"tie","why":{"a":1}}')!.why).toBe('');
	});
});

describe('what a judge is asked', () => {
	const asked = {
		prompt: [
			{ role: 'system' as const, content: 'Answer for Northwind.' },
			{ role: 'user' as const, content: 'Do you ship to Norway?' }
		],
		first: 'Yes.',
		second: 'No.',
		criteria: usualCriteria,
		fence: 'abc'
	};

	test('task, conversation and both answers between marks, and that they are data', () => {
		const { messages, shortened } = judgeQuestion(asked);
		expect(shortened).toBe(false);
		expect(messages[0]!.content).toContain(usualCriteria);
		expect(messages[1]!.content).toBe(
			'<task abc>\nAnswer for Northwind.\n</task abc>\n\n<conversation abc>\nPerson: Do you ship to Norway?\n</conversation abc>\n\n<first-answer abc>\nYes.\n</first-answer abc>\n\n<second-answer abc>\nNo.\n</second-answer abc>\n\nWhich answer is better? One line of JSON.'
		);
	});

	test('what is too long is cut, and said: of answers the end, of a conversation the beginning', () => {
		const long = `${'a'.repeat(longestShown)}END`;
		const cut = judgeQuestion({ ...asked, first: long, prompt: [{ role: 'user', content: `START${long}` }] });
		expect(cut.shortened).toBe(true);
		const text = cut.messages[1]!.content!;
		expect(text).toContain('[3 more characters are left out here]');
		expect(text).not.toContain('START');
		expect(text).toMatch(/END\n<\/conversation abc>/);
		// a letter of two halves is not torn
		const torn = judgeQuestion({ ...asked, second: `${'a'.repeat(longestShown - 1)}😀` }).messages[1]!.content!;
		expect(torn.isWellFormed()).toBe(true);
	});
});

test('A or B only where both orders agree', () => {
	expect(settled({ straight: 'first', swapped: 'second' })).toEqual({ outcome: 'a', steady: true, place: null });
	expect(settled({ straight: 'second', swapped: 'first' })).toEqual({ outcome: 'b', steady: true, place: null });
	expect(settled({ straight: 'tie', swapped: 'tie' })).toEqual({ outcome: 'tie', steady: true, place: null });
	expect(settled({ straight: 'first', swapped: 'first' })).toEqual({ outcome: 'tie', steady: false, place: 'first' });
	expect(settled({ straight: 'second', swapped: 'second' })).toEqual({
		outcome: 'tie',
		steady: false,
		place: 'second'
	});
	expect(settled({ straight: 'first', swapped: 'tie' })).toEqual({ outcome: 'tie', steady: false, place: null });
	expect(settled({ straight: null, swapped: 'tie' })).toBeNull();
	expect(settled({ straight: 'first', swapped: null })).toBeNull();
});

test('a judge that runs can be stopped; one that was stopped, or failed, goes on', () => {
	const can = (status: 'judging' | 'done' | 'failed' | 'cancelled') => [
		judgingCan.cancel({ status }),
		judgingCan.retry({ status })
	];
	expect(can('judging')).toEqual([true, false]);
	expect(can('done')).toEqual([false, false]);
	expect(can('failed')).toEqual([false, true]);
	expect(can('cancelled')).toEqual([false, true]);
});

const said = (outcome: ModelOutcome['outcome']): ModelOutcome => ({ outcome, steady: true, place: null });
const by = (outcome: 'a' | 'b' | 'tie' | 'both_bad') => ({
	outcome,
	score: outcome === 'a' ? 1 : outcome === 'b' ? -1 : 0
});
const times = (count: number, pair: JudgedPair): JudgedPair[] => Array.from({ length: count }, () => pair);

describe('what it comes to', () => {
	const list: JudgedPair[] = [
		...times(12, { model: said('a'), people: by('a'), longer: 'a' }),
		...times(3, { model: said('a'), people: by('b'), longer: 'a' }),
		...times(4, { model: said('b'), people: by('b'), longer: 'a' }),
		...times(2, { model: said('tie'), people: by('both_bad'), longer: null }),
		...times(1, { model: { outcome: 'tie', steady: false, place: 'first' }, people: by('a'), longer: 'b' }),
		...times(1, { model: null, people: by('a'), longer: 'a' }),
		...times(20, { model: said('a'), people: null, longer: null })
	];
	const summary = judgeSummary(list);

	test('its own preference, and how it goes with people', () => {
		expect(summary).toMatchObject({
			...{ pairs: 43, judged: 42, notJudged: 1, wins: 35, losses: 4, ties: 3 },
			...{ netPreference: 31 / 42, steady: 41, alwaysFirst: 1, alwaysSecond: 0 },
			agreement: { overlap: 22, same: 18, clear: 19, sameClear: 16, label: 'tentative' },
			length: { model: { longer: 15, of: 19 }, people: { longer: 12, of: 20 } }
		});
		expect(summary.agreement.raw).toBeCloseTo(18 / 22, 12);
	});

	test('in words', () => {
		const sides = { a: 'v3', b: 'base' };
		expect(ownSentence(summary, sides)).toBe(
			'Prefers v3: v3 better in 35, base in 4, no difference in 3 of 42 pairs, +74 points.'
		);
		expect(notJudgedSentence(summary)).toBe('1 pair is not judged: what it replied could not be read.');
		expect(agreementSentence(summary)).toMatch(
			/^Says the same as people in 18 of 22 pairs \(82 %\): tentative, AC1 \.\d\d\. Where both see a winner \(19 pairs\) it is the same one in 16\.$/
		);
		expect(orderSentence(summary)).toBe(
			'Said the same in both orders in 41 of 42 pairs, named whichever stood first in 1. Where the orders differ it counts as no difference.'
		);
		expect(lengthSentence(summary)).toBe('Chose the longer answer in 15 of 19 clear choices; people did in 12 of 20.');
		expect(calibratedSentence(summary)).toMatch(
			/^\+\d+ points \(.+\): 22 pairs that people judged, and 20 more by the model, corrected by where it differs from people\. People alone: /
		);
	});

	test('below 20 pairs of both nothing is claimed of agreement', () => {
		const few = judgeSummary(times(19, { model: said('a'), people: by('a'), longer: 'a' }));
		expect(few.agreement).toMatchObject({ overlap: 19, same: 19, raw: null, ac: null, label: null });
		expect(few.calibrated).toBeNull();
		expect(agreementSentence(few)).toBe(
			'Not shown yet: people and the model have both judged 19 pairs, and it takes 20.'
		);
		expect(calibratedSentence(few)).toBe('Nothing to add: people have judged the same pairs.');
		expect(judgeSummary(times(20, { model: said('a'), people: by('a'), longer: 'a' })).agreement.label).toBe(
			'reliable'
		);
	});

	test('where it judged nothing, or as much as people, it adds nothing, and says so', () => {
		const nothing = judgeSummary(times(3, { model: null, people: by('a'), longer: null }));
		expect(ownSentence(nothing, { a: 'v3', b: 'base' })).toBe('None of its replies could be read, so it says nothing.');
		expect(lengthSentence(nothing)).toMatch(/^Not tested/);
		const same = judgeSummary(times(30, { model: said('a'), people: by('a'), longer: null }));
		expect(orderSentence(same)).toBe('Said the same in both orders, in all 30 pairs.');
		expect(calibratedSentence(same)).toBe('Nothing to add: people have judged all 30 pairs of the model.');
		const blind = judgeSummary([
			...times(20, { model: said('a'), people: by('a'), longer: null }),
			...times(9, { model: said('a'), people: null, longer: null })
		]);
		expect(calibratedSentence(blind)).toMatch(/given no weight/);
	});
});
