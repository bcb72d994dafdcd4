import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gather } from '../../src/lib/client/live/gather.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

test('twenty changes a second are a question a second, and the last change is asked about', async () => {
	const { questions, page } = asked();
	for (let change = 0; change < 100; change++) {
		page.hear([`change ${change}`]);
		await vi.advanceTimersByTimeAsync(50);
	}
	await vi.advanceTimersByTimeAsync(1_100);
	expect(questions.length).toBeLessThanOrEqual(6);
	expect(questions.flat()).toEqual(Array.from({ length: 100 }, (_, change) => `change ${change}`));
});

test('a slow answer is waited for, and the second counts from it', async () => {
	let answer = () => {};
	const { questions, page } = asked(() => new Promise<void>((done) => (answer = done)));
	page.hear(['a']);
	await vi.advanceTimersByTimeAsync(100);
	page.hear(['b']);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(questions).toEqual([['a']]);
	answer();
	await vi.advanceTimersByTimeAsync(999);
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
