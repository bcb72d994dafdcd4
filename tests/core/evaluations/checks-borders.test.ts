import { expect, test } from 'vitest';
import {
	lengthCheck,
	namedCheck,
	paceCheck,
	positionCheck,
	skippedCheck,
	thinkingCheck,
	votersCheck
} from '../../../src/lib/core/evaluations/checks.ts';
import {
	type AnswerFacts,
	answersWith,
	lengthsOf,
	longerOf,
	namingPairs,
	type PairFacts,
	type Said
} from '../../../src/lib/core/evaluations/counted.ts';
import { countedVoters } from '../../support/data/counted-voters.ts';

const names = { a: 'v3', b: 'base' };
const usual: AnswerFacts = { length: 100, named: null, thought: false, complete: true };
const pair = (a: Partial<AnswerFacts> = {}, b: Partial<AnswerFacts> = {}): PairFacts => ({
	score: 0,
	a: { ...usual, ...a },
	b: { ...usual, ...b }
});
const times = (count: number, one: PairFacts) => Array.from({ length: count }, () => one);
const ana = { id: 'ana', name: 'Ana', wrote: 0 };
const ben = { id: 'ben', name: 'Ben', wrote: 0 };
const vote = (at: number, personId = 'ana', choice: Said['choice'] = 'first'): Said => ({
	pairingId: `${at}`,
	personId,
	choice,
	outcome: 'a',
	at: new Date(at)
});

test('of two answers one is longer, shorter, or neither', () => {
	expect([101, 100, 99].map((length) => longerOf(pair({ length })))).toEqual(['longer', null, 'shorter']);
});

test('length takes ten prompts on either side', () => {
	const stateOf = (longer: number, shorter: number) =>
		lengthCheck(lengthsOf([...times(longer, pair({ length: 200 })), ...times(shorter, pair({ length: 50 }))]), 'v3')
			.state;
	expect([stateOf(10, 10), stateOf(9, 10), stateOf(10, 9)]).toEqual(['ok', 'untested', 'untested']);
});

test('one pair that names a model, and two', () => {
	expect(namedCheck(namingPairs([pair({ named: 'llama' })])).sentence).toMatch(/^1 pair has /);
	expect(namedCheck(namingPairs(times(2, pair({}, { named: 'llama' })))).sentence).toMatch(/^2 pairs have /);
});

test('thinking warns where one side alone thought aloud', () => {
	const of = (a: boolean, b: boolean) => {
		const { state, show } = thinkingCheck(
			answersWith([pair({ thought: a }, { thought: b })], ({ thought }) => thought),
			names,
			true
		);
		return [state, show];
	};
	expect(of(false, false)).toEqual(['ok', null]);
	expect(of(true, true)).toEqual(['ok', 'thinking']);
	expect(of(true, false)).toEqual(['warn', 'thinking']);
	expect(of(false, true)).toEqual(['warn', 'thinking']);
});

test('own words lead to their pairs, and only where somebody wrote some', () => {
	expect(votersCheck(countedVoters([ana], [])).show).toBeNull();
	expect(votersCheck(countedVoters([{ ...ana, wrote: 1 }], [])).show).toBe('own-words');
});

test('a pace takes five gaps between the votes of one person, in the order in which they were given', () => {
	const pace = (at: number[]) =>
		paceCheck(
			countedVoters(
				[ana],
				at.map((ms) => vote(ms))
			)
		);
	expect(pace([0, 1, 2, 3, 4]).state).toBe('untested');
	expect(pace([15_000, 0, 9000, 3000, 12_000, 6000]).sentence).toMatch(/Ana 3\.0 s\./);
	// most gaps are a second, whichever came first
	expect(pace([0, 9000, 10_000, 19_000, 20_000, 21_000]).sentence).toMatch(/Ana 1\.0 s\./);
	const every = (ms: number, personId = 'ana') => Array.from({ length: 6 }, (_, i) => vote(i * ms, personId));
	expect(paceCheck(countedVoters([ana], [...every(12_000), ...every(700, 'ben')])).sentence).toMatch(/Ana 12 s\.$/);
	expect([1999, 2000].map((ms) => paceCheck(countedVoters([ana], every(ms))).state)).toEqual(['warn', 'ok']);
	expect(paceCheck(countedVoters([ana], every(9999))).sentence).toMatch(/Ana 10\.0 s/);
	expect(paceCheck(countedVoters([ana], every(10_000))).sentence).toMatch(/Ana 10 s/);
});

test('a place is asked about from ten clear choices on, and who is swayed is named alone', () => {
	const choices = (personId: string, first: number, second: number) => [
		...Array.from({ length: first }, (_, i) => vote(i, personId)),
		...Array.from({ length: second }, (_, i) => vote(i, personId, 'second'))
	];
	expect(positionCheck(countedVoters([ana], choices('ana', 5, 4))).state).toBe('untested');
	expect(positionCheck(countedVoters([ana], choices('ana', 5, 5)))).toMatchObject({
		state: 'ok',
		sentence: expect.stringMatching(/^Ana .* 5 of 10 times/)
	});
	const both = positionCheck(countedVoters([ana, ben], [...choices('ana', 10, 0), ...choices('ben', 5, 5)]));
	expect(both).toMatchObject({ state: 'warn', sentence: expect.stringMatching(/^Ana .* 10 of 10 times/) });
	expect(both.sentence).not.toMatch(/Ben/);
});

test('skipped prompts are named, and warn when they are more than a tenth', () => {
	const of = (count: number, votes = 1) =>
		skippedCheck(
			Array.from({ length: count }, (_, i) => i + 1),
			{ prompts: 40, votes, delta: 20, attempt: 1 }
		);
	expect(of(0)).toEqual([]);
	expect(of(4)).toMatchObject([{ name: 'skipped', state: 'ok', show: null }]);
	expect(of(5)).toMatchObject([{ name: 'skipped', state: 'warn' }]);
	expect(of(1)[0]!.sentence).toMatch(/^1 prompt was skipped .* judge it, and is in .*#1\.$/);
	expect(of(2)[0]!.sentence).toMatch(/^2 prompts were skipped .* judge them, and are in .*#1, #2\.$/);
	expect(of(2, 3)[0]!.sentence).toMatch(/too many to get 3 votes/);
});
