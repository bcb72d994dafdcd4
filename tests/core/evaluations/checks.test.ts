import { expect, test } from 'vitest';
import { bothBadCheck, leakCheck, lengthCheck, positionCheck } from '../../../src/lib/core/evaluations/checks.ts';

const tally = { wins: 18, losses: 6, ties: 0, bothBad: 0, planned: 24, leaked: 0, positionFirst: 12 };

test('a leaked item blocks', () => {
	expect(leakCheck(tally).state).toBe('ok');
	expect(leakCheck({ ...tally, leaked: 1 })).toMatchObject({
		state: 'block',
		sentence: expect.stringMatching(/^1 item .* was /)
	});
	expect(leakCheck({ ...tally, leaked: 3 }).sentence).toMatch(/^3 items .* were /);
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

test('answers of equal length say nothing about length', () => {
	expect(lengthCheck([]).state).toBe('ok');
	expect(lengthCheck(pairs(5, 5, 1)).state).toBe('ok');
});
