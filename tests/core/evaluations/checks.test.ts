import { expect, test } from 'vitest';
import {
	agreementCheck,
	answerChecks,
	lengthCheck,
	missingCheck,
	namedCheck,
	paceCheck,
	positionCheck,
	thinkingCheck,
	votersCheck
} from '../../../src/lib/core/evaluations/checks.ts';
import {
	agreedOf,
	type AnswerFacts,
	answersWith,
	countedFrom,
	lengthsOf,
	namingPairs,
	type PairFacts,
	type Said
} from '../../../src/lib/core/evaluations/counted.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';
import { judge } from '../../../src/lib/core/evaluations/verdict.ts';
import { countedVoters } from '../../support/data/counted-voters.ts';

const names = { a: 'v3', b: 'base' };
const answer = (more: Partial<AnswerFacts> = {}): AnswerFacts => ({
	length: 100,
	named: null,
	thought: false,
	complete: true,
	...more
});
const pair = (score: number, a: Partial<AnswerFacts> = {}, b: Partial<AnswerFacts> = {}): PairFacts => ({
	score,
	a: answer(a),
	b: answer(b)
});
const some = (count: number, one: PairFacts) => Array.from({ length: count }, () => one);
const ana = { id: 'ana', name: 'Ana', wrote: 0 };
const ben = { id: 'ben', name: 'Ben', wrote: 0 };

const thoughtIn = (pairs: PairFacts[]) => answersWith(pairs, ({ thought }) => thought);

const vote = (at: number, more: Partial<Said> = {}): Said => ({
	pairingId: `${at}`,
	personId: 'ana',
	choice: 'first',
	outcome: 'a',
	at: new Date(at),
	...more
});

test('length is asked both ways, from ten prompts on each side, by an exact test', () => {
	const longer = (score: number) => pair(score, { length: 200 });
	const shorter = (score: number) => pair(score, { length: 50 });
	const swayed = lengthCheck(lengthsOf([...some(12, longer(1)), ...some(12, shorter(-1))]), 'v3');
	expect(swayed).toMatchObject({ state: 'warn', show: 'longer', also: 'shorter' });
	expect(swayed.sentence).toBe(
		'Where the answer of v3 is longer +100 points (12 prompts), where it is shorter −100 (12). The votes may have rewarded length, not quality.'
	);
	expect(lengthCheck(lengthsOf([...some(9, longer(1)), ...some(40, shorter(-1))]), 'v3')).toMatchObject({
		state: 'untested'
	});
	const even = [...some(8, longer(1)), ...some(4, longer(-1)), ...some(8, shorter(1)), ...some(4, shorter(-1))];
	expect(lengthCheck(lengthsOf(even), 'v3')).toMatchObject({ state: 'ok' });
	expect(lengthCheck(lengthsOf([]), 'v3').sentence).toMatch(/^Length: not tested/);
});

test('position is told of each voter, and vetoes nothing', () => {
	const votes = Array.from({ length: 16 }, (_, i) => vote(i, { choice: i < 14 ? 'first' : 'second' }));
	const check = positionCheck(countedVoters([ana, ben], votes));
	expect(check).toMatchObject({
		state: 'warn',
		sentence: 'Ana chose the first answer 14 of 16 times: it costs power, not fairness.'
	});
	expect(positionCheck(countedVoters([ana], votes.slice(0, 9))).state).toBe('untested');
	const balanced = votes.map((one, i): Said => ({ ...one, choice: i % 2 ? 'first' : 'second' }));
	expect(positionCheck(countedVoters([ana], balanced))).toMatchObject({ state: 'ok' });
	const ties = votes.map((one): Said => ({ ...one, choice: 'tie' }));
	expect(positionCheck(countedVoters([ana], ties)).state).toBe('untested');
});

test('who voted is named, and who judged their own words', () => {
	const votes = [vote(1), vote(2), vote(3, { personId: 'ben' })];
	expect(votersCheck(countedVoters([ana, ben], votes))).toMatchObject({
		state: 'ok',
		sentence: 'Judged by Ana (2) and Ben (1).'
	});
	expect(votersCheck(countedVoters([{ ...ana, wrote: 3 }, ben], votes))).toMatchObject({
		state: 'warn',
		show: 'own-words',
		sentence: 'Judged by Ana (2) and Ben (1). Ana wrote the expected answer to 3 of these prompts.'
	});
	expect(votersCheck(countedVoters([], [])).sentence).toBe('Judged by nobody.');
});

test('a pace under two seconds is named; few votes are not tested', () => {
	const every = (ms: number) => Array.from({ length: 9 }, (_, i) => vote(i * ms));
	expect(paceCheck(countedVoters([ana], every(1500)))).toMatchObject({
		state: 'warn',
		sentence: 'Typical time for a pair: Ana 1.5 s. That is too fast to have read both answers: Ana.'
	});
	expect(paceCheck(countedVoters([ana], every(12_000)))).toMatchObject({
		state: 'ok',
		sentence: 'Typical time for a pair: Ana 12 s.'
	});
	expect(paceCheck(countedVoters([ana], every(1500).slice(0, 4))).state).toBe('untested');
	// a pause for lunch does not hide a haste
	expect(paceCheck(countedVoters([ana], [...every(900), vote(9_000_000)])).state).toBe('warn');
});

test('agreement is not tested below twenty shared pairs', () => {
	const shared = (count: number) =>
		Array.from({ length: count }, (_, i) => [vote(i), vote(i, { personId: 'ben' })]).flat();
	expect(agreementCheck(agreedOf(shared(19)))).toMatchObject({ state: 'untested', show: 'several-votes' });
	expect(agreementCheck(agreedOf(shared(20)))).toMatchObject({ state: 'ok' });
	expect(agreementCheck(agreedOf([vote(1)]))).toMatchObject({ state: 'untested', show: null });
	const apart = Array.from({ length: 30 }, (_, i) => [vote(i), vote(i, { personId: 'ben', outcome: 'b' })]).flat();
	expect(agreementCheck(agreedOf(apart))).toMatchObject({ state: 'warn' });
});

test('names and thinking are counted, and lead to their pairs', () => {
	expect(namedCheck(namingPairs([pair(1)]))).toMatchObject({ state: 'ok', show: null });
	expect(namedCheck(namingPairs([pair(1, { named: 'llama' }), pair(0, {}, { named: 'llama' })]))).toMatchObject({
		state: 'warn',
		show: 'named'
	});
	expect(thinkingCheck(thoughtIn([pair(1)]), names, true)).toMatchObject({ state: 'ok', show: null });
	expect(thinkingCheck(thoughtIn([pair(1, { thought: true })]), names, false)).toMatchObject({
		state: 'warn',
		show: 'thinking',
		sentence:
			'Models that think before they answer were told not to, where they can be told. Thinking was left out of 1 answer of v3 and 0 of base: voters read the rest.'
	});
	expect(thinkingCheck(thoughtIn([pair(1, { thought: true }, { thought: true })]), names, true).state).toBe('ok');
});

test('prompts that lack their votes are named by number', () => {
	expect(missingCheck([], 1)).toEqual([]);
	expect(missingCheck([4], 1)[0]!.sentence).toBe('1 prompt got no vote and is in no number: #4.');
	const many = missingCheck(
		Array.from({ length: 12 }, (_, i) => i + 1),
		3
	)[0]!.sentence;
	expect(many).toMatch(/^12 prompts did not get 3 votes and are in no number: #1, .*#10 and 2 more\.$/);
});

test('every check is asked, in one order, and none is fine without having been asked', () => {
	const checks = answerChecks(countedFrom([], 1, [], [], []), [], 0, names, false);
	expect(checks.map(({ name }) => name)).toEqual([
		'voters',
		'pace',
		'position',
		'repeats',
		'length',
		'agreement',
		'thinking',
		'names'
	]);
	expect(checks.filter(({ state }) => state === 'untested').map(({ name }) => name)).toEqual([
		'pace',
		'position',
		'repeats',
		'length',
		'agreement'
	]);
});

const tally = (more: Partial<Tally> = {}): Tally => ({
	...singleTally({ wins: 18, losses: 6, ties: 16, bothBad: 0 }),
	...more
});
const check = (t: Tally, name: string) => judge(t, names).checks.find((one) => one.name === name);

test('the checks of the rules: leak, near-duplicates, both bad, complete, plan, tries, fragility', () => {
	expect(judge(tally(), names).checks.map(({ name, state }) => [name, state])).toEqual([
		['leak', 'ok'],
		['near-duplicates', 'untested'],
		['both bad', 'ok'],
		['complete', 'ok'],
		['plan', 'ok'],
		['tries', 'ok'],
		['fragility', 'warn']
	]);
});

test('a leak and prompts that nearly say the same lead to their pairs', () => {
	expect(check(tally({ leaked: 2 }), 'leak')).toMatchObject({ state: 'block', show: 'leaked' });
	expect(check(tally({ alike: 3 }), 'near-duplicates')).toMatchObject({ state: 'warn', show: 'alike' });
	expect(check(tally({ alike: 0 }), 'near-duplicates')).toMatchObject({ state: 'ok', show: null });
});

test('answers cut off or empty on one side warn, and block from ten points on', () => {
	expect(check(tally({ broken: { a: 1, b: 4 } }), 'complete')).toMatchObject({
		state: 'warn',
		show: 'cut-off',
		sentence: 'Cut off or empty: 1 of 40 answers of v3, 4 of base.'
	});
	expect(check(tally({ broken: { a: 0, b: 4 } }), 'complete')!.state).toBe('block');
	expect(check(tally({ broken: { a: 20, b: 20 } }), 'complete')!.state).toBe('warn');
});

test('a second try says how high the bar is', () => {
	const second = tally({ plan: { prompts: 40, votes: 1, delta: 20, attempt: 2 } });
	expect(check(second, 'tries')).toMatchObject({
		state: 'warn',
		sentence: '2nd comparison of v3 with base: the bar is 4 times as high (p below 0.0125).'
	});
	const told = judge(second, { ...names, earlier: ['NEED MORE DATA'] }).checks.find(({ name }) => name === 'tries')!;
	expect(told.sentence).toBe(
		'2nd comparison of v3 with base; the 1st gave no verdict: the bar is 4 times as high (p below 0.0125).'
	);
});
