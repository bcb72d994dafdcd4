import { expect, test } from 'vitest';
import {
	type PairFacts,
	agreementCheck,
	answerChecks,
	bothBadCheck,
	fragilityCheck,
	incompleteCheck,
	leakCheck,
	lengthCheck,
	namedCheck,
	positionCheck,
	progressCheck,
	revealCheck
} from '../../../src/lib/core/evaluations/checks.ts';
import type { Outcome } from '../../../src/lib/core/evaluations/tally.ts';

const tally = { wins: 18, losses: 6, ties: 0, bothBad: 0, planned: 24, leaked: 0, positionFirst: 12 };

test('a leaked item blocks', () => {
	expect(leakCheck(tally).state).toBe('ok');
	expect(leakCheck({ ...tally, leaked: 1 })).toMatchObject({
		state: 'block',
		sentence: expect.stringMatching(/^1 item of this evaluation was in /)
	});
	expect(leakCheck({ ...tally, leaked: 3 }).sentence).toMatch(/^3 items of this evaluation were in /);
});

test('both bad warns above 20 and blocks from 40 of 100', () => {
	const at = (bothBad: number) =>
		bothBadCheck({ ...tally, wins: 60 - bothBad / 2, losses: 40 - bothBad / 2, bothBad }).state;
	expect([0, 20, 22, 38, 40, 60].map(at)).toEqual(['ok', 'ok', 'warn', 'warn', 'block', 'block']);
	expect(bothBadCheck({ ...tally, wins: 0, losses: 0 }).state).toBe('ok');
});

test('a favoured side of the screen is seen from 20 decisive votes on, whichever side it is', () => {
	const at = (positionFirst: number, decisive: number) =>
		positionCheck({ ...tally, wins: decisive, losses: 0, positionFirst }).state;
	expect(at(19, 19)).toBe('ok');
	expect(at(15, 20)).toBe('warn'); // p = .041
	expect(at(14, 20)).toBe('ok'); // p = .115
	expect(at(5, 20)).toBe('warn');
	expect(at(10, 20)).toBe('ok');
});

test('with several raters the side is counted over votes, not items', () => {
	expect(positionCheck({ ...tally, wins: 6, losses: 4, positionFirst: 24, positionVotes: 30 }).state).toBe('warn');
});

const pairs = (longerWon: number, all: number, ratio: number) =>
	Array.from({ length: all }, (_, i) =>
		i < longerWon ? { chosen: 100 * ratio, other: 100 } : { chosen: 100, other: 100 * ratio }
	);

test('length warns when the longer answer wins 65 % and is typically more than 1.3 times as long', () => {
	expect(lengthCheck(pairs(13, 20, 1.5)).state).toBe('warn');
	expect(lengthCheck(pairs(12, 20, 1.5)).state).toBe('ok');
	expect(lengthCheck(pairs(20, 20, 1.3)).state).toBe('ok');
	expect(lengthCheck(pairs(20, 20, 1.5)).sentence).toMatch(/won 20 of 20 times.*1\.5 times as long/);
});

test('length takes the median, so one long answer does not warn', () => {
	expect(lengthCheck([...pairs(10, 10, 1.1), { chosen: 90_000, other: 1 }]).state).toBe('ok');
	expect(lengthCheck([{ chosen: 5, other: 0 }, ...pairs(1, 1, 2)]).state).toBe('warn');
});

test('length takes the median, in whatever order the pairs come', () => {
	const ratios = [1.1, 5, 1.1, 4, 1.1, 3, 1.2];
	const sentence = /typically it was 1\.2 times/;
	for (let turn = 0; turn < ratios.length; turn++) {
		const turned = [...ratios.slice(turn), ...ratios.slice(0, turn)];
		expect(lengthCheck(turned.flatMap((ratio) => pairs(1, 1, ratio))).sentence).toMatch(sentence);
	}
});

test('answers of equal length say nothing about length', () => {
	for (const none of [[], pairs(5, 5, 1)]) {
		expect(lengthCheck(none)).toMatchObject({ state: 'ok', sentence: expect.stringMatching(/^No decisive vote/) });
	}
	expect(lengthCheck([...pairs(13, 20, 1.5), ...pairs(5, 5, 1)])).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/won 13 of 20 times/)
	});
});

test('progress warns until the planned end or until the votes are clear', () => {
	const at = (planned: number) => progressCheck({ ...tally, planned });
	expect(at(24)).toMatchObject({ state: 'ok', sentence: '24 of 24 planned comparisons are judged.' });
	expect(at(40).state).toBe('warn');
	expect(progressCheck({ ...tally, wins: 24, losses: 0, planned: 40 })).toMatchObject({
		state: 'ok',
		sentence: expect.stringContaining('decide early')
	});
});

test('fragility is said of a verdict that votes can remove', () => {
	expect(fragilityCheck(null, 'SHIP IT')).toEqual([]);
	expect(fragilityCheck(1, 'SHIP IT')).toMatchObject([
		{ state: 'warn', sentence: '1 changed vote would remove SHIP IT.' }
	]);
	expect(fragilityCheck(3, "DON'T SHIP")).toMatchObject([
		{ state: 'ok', sentence: "3 changed votes would remove DON'T SHIP." }
	]);
});

test('an early reveal warns', () => {
	expect(revealCheck(40, 40)).toEqual([]);
	expect(revealCheck(40, 9)).toMatchObject([
		{ state: 'warn', sentence: expect.stringMatching(/^Revealed at 9 of 40/) }
	]);
});

test('what answers warn of is counted by pairs, and length looks at decided ones', () => {
	const plain = { length: 100, named: false, complete: true };
	const judged: PairFacts[] = [
		{ outcome: 'a', a: { ...plain, length: 150 }, b: plain },
		{ outcome: 'b', a: { ...plain, named: true }, b: { ...plain, named: true, length: 200 } },
		{ outcome: 'tie', a: { ...plain, length: 900, complete: false }, b: plain }
	];
	const checks = answerChecks(judged, []);
	expect(checks.map(({ name, state }) => [name, state])).toEqual([
		['length', 'warn'],
		['agreement', 'ok'],
		['names', 'warn'],
		['complete', 'warn']
	]);
	expect(checks[0]!.sentence).toMatch(/won 2 of 2 times; typically it was 1\.8 times/);
	expect(checks[2]!.sentence).toMatch(/^1 pair has an answer that names/);
	expect(checks[3]!.sentence).toMatch(/^1 pair has an answer that the provider/);
	const oneNames: PairFacts[] = [{ outcome: 'tie', a: plain, b: { ...plain, named: true } }];
	expect(answerChecks(oneNames, []).map(({ name, state }) => [name, state])[2]).toEqual(['names', 'warn']);
	expect(namedCheck(2).sentence).toMatch(/^2 pairs have answers that name/);
	expect(incompleteCheck(2)[0]!.sentence).toMatch(/^2 pairs have answers/);
	expect(incompleteCheck(0, 'limit')).toEqual([]);
	const cut = { ...plain, complete: false };
	const flawed: PairFacts[] = [
		{ outcome: 'a', a: { ...cut, flaw: 'limit' }, b: { ...cut, flaw: 'empty' } },
		{ outcome: 'b', a: plain, b: { ...cut, flaw: 'limit' } }
	];
	expect(answerChecks(flawed, []).slice(3)).toEqual([
		{
			name: 'limit',
			state: 'warn',
			sentence:
				'2 pairs have answers that reached the longest length and may end in the middle. Compare again with longer answers.'
		},
		{ name: 'empty', state: 'warn', sentence: '1 pair has an answer with nothing in it to read.' }
	]);
	expect(answerChecks([], []).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
});

test('voters who contradict each other are said to', () => {
	const votes = Array.from({ length: 20 }, (_, i) => [
		{ pairingId: `${i}`, personId: 'ana', outcome: i % 2 ? ('a' as const) : ('b' as const) },
		{ pairingId: `${i}`, personId: 'ben', outcome: i % 2 ? ('b' as const) : ('a' as const) }
	]).flat();
	expect(agreementCheck(votes)).toMatchObject({ name: 'agreement', state: 'warn' });
});

test('what voters say has no order: called otherwise, they agree as well as before', () => {
	const said = (outcomes: readonly Outcome[]) =>
		Array.from({ length: 24 }, (_, i) => [
			{ pairingId: `${i}`, personId: 'ana', outcome: outcomes[i % 4]! },
			{ pairingId: `${i}`, personId: 'ben', outcome: outcomes[(i % 5 === 0 ? i + 1 : i) % 4]! }
		]).flat();
	const one = agreementCheck(said(['a', 'b', 'tie', 'both_bad']));
	expect(one.sentence).toMatch(/^Agreement is tentative: α = 0\.7/);
	expect(agreementCheck(said(['b', 'both_bad', 'a', 'tie']))).toEqual(one);
});
