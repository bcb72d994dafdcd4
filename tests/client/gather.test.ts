import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomFrom } from '../bench/measure.ts';
import { gather } from '../../src/lib/client/live/gather.ts';

beforeEach(() => {
	vi.useFakeTimers();
	vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const asked = (answer: () => Promise<unknown> = async () => {}) => {
	const questions: string[][] = [];
	let isAway = false;
	const page = gather(
		(topics) => {
			questions.push([...topics]);
			return answer();
		},
		() => isAway
	);
	return { questions, page, away: (now: boolean) => (isAway = now) };
};

test('a burst is one question', async () => {
	const { questions, page } = asked();
	page.hear(['a']);
	page.hear(['a', 'b']);
	await vi.advanceTimersByTimeAsync(99);
	expect(questions).toEqual([]);
	await vi.advanceTimersByTimeAsync(1);
	expect(questions).toEqual([['a', 'b']]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(questions).toHaveLength(1);
});

test('twenty changes a second are a question every few seconds, and the last change is asked about', async () => {
	const { questions, page } = asked();
	for (let change = 0; change < 100; change++) {
		page.hear([`change ${change}`]);
		await vi.advanceTimersByTimeAsync(50);
	}
	await vi.advanceTimersByTimeAsync(5_000);
	expect(questions.length).toBe(4);
	expect(questions.flat()).toEqual(Array.from({ length: 100 }, (_, change) => `change ${change}`));
});

test('after a while of quiet the next change is asked about at once', async () => {
	const { questions, page } = asked();
	for (const change of ['a', 'b', 'c']) {
		page.hear([change]);
		await vi.advanceTimersByTimeAsync(10_000);
	}
	page.hear(['d']);
	await vi.advanceTimersByTimeAsync(100);
	expect(questions).toHaveLength(4);
	page.hear(['e']);
	await vi.advanceTimersByTimeAsync(999);
	expect(questions).toHaveLength(4);
	await vi.advanceTimersByTimeAsync(1);
	expect(questions).toHaveLength(5);
});

test('a slow answer is waited for, and the pause counts from it', async () => {
	let answer = () => {};
	const { questions, page } = asked(() => new Promise<void>((done) => (answer = done)));
	page.hear(['a']);
	await vi.advanceTimersByTimeAsync(100);
	page.hear(['b']);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(questions).toEqual([['a']]);
	answer();
	await vi.advanceTimersByTimeAsync(2_999);
	expect(questions).toEqual([['a']]);
	await vi.advanceTimersByTimeAsync(1);
	expect(questions).toEqual([['a'], ['b']]);
});

test('a question that fails is no reason to stop asking', async () => {
	const { questions, page } = asked(() => Promise.reject(new Error('no line')));
	page.hear(['a']);
	await vi.advanceTimersByTimeAsync(100);
	page.hear(['b']);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(questions).toEqual([['a'], ['b']]);
});

test('while the person is on the way to another page nothing is asked, and then it is', async () => {
	const { questions, page, away } = asked();
	away(true);
	page.hear(['a']);
	await vi.advanceTimersByTimeAsync(5_000);
	expect(questions).toEqual([]);
	away(false);
	await vi.advanceTimersByTimeAsync(100);
	expect(questions).toEqual([['a']]);
});

test('a page that is left asks no more', async () => {
	const { questions, page } = asked();
	page.hear(['a']);
	page.stop();
	await vi.advanceTimersByTimeAsync(5_000);
	expect(questions).toEqual([]);
});

// A hundred pages that heard the same had all of them ask in the same tenth of a second, again and again: whoever rated then, waited.
test('pages of a room that hear the same do not ask together', async () => {
	vi.mocked(Math.random).mockImplementation(randomFrom(1));
	const room = Array.from({ length: 100 }, () => asked());
	let most = 0;
	for (let tenth = 0; tenth < 100; tenth++) {
		const before = room.reduce((sum, { questions }) => sum + questions.length, 0);
		for (const { page } of room) page.hear([`change ${tenth}`]);
		await vi.advanceTimersByTimeAsync(100);
		const together = room.reduce((sum, { questions }) => sum + questions.length, 0) - before;
		most = Math.max(most, together);
	}
	expect(most).toBeLessThan(40);
	const each = room.map(({ questions }) => questions.length);
	expect(Math.min(...each)).toBeGreaterThan(2);
	expect(Math.max(...each)).toBeLessThan(7);
});

test('a clock that is set back an hour holds up nothing', async () => {
	const { questions, page } = asked();
	page.hear(['a']);
	await vi.advanceTimersByTimeAsync(5_000);
	vi.setSystemTime(Date.now() - 3_600_000);
	page.hear(['b']);
	await vi.advanceTimersByTimeAsync(5_000);
	expect(questions).toEqual([['a'], ['b']]);
});
