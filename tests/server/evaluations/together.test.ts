import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { asTogether } from '../../../src/lib/server/evaluations/together.ts';

const never = new AbortController().signal;
/** What has come of a promise after everything that could go on went on. */
const state = async <T>(promise: Promise<T>): Promise<T | 'waits' | 'refused'> => {
	const waits = turn().then(() => 'waits' as const);
	return Promise.race([promise.catch(() => 'refused' as const), waits]);
};

test('who can be asked waits for the other', async () => {
	const together = asTogether(['a', 'b'], never);
	const first = together.ready('a');
	expect(await state(first)).toBe('waits');
	expect(await state(together.ready('b'))).toBe(true);
	expect(await state(first)).toBe(true);
});

test('where the other cannot be asked now neither is; where it has answered everything, this one goes on alone', async () => {
	const deployed = asTogether(['a', 'b'], never);
	const waiting = deployed.ready('a');
	deployed.done('b', false);
	expect(await state(waiting)).toBe(false);
	const whole = asTogether(['a', 'b'], never);
	const alone = whole.ready('a');
	whole.done('b', true);
	expect(await state(alone)).toBe(true);
	expect(await state(whole.turn('a', 900))).toBe(undefined);
	expect(await state(asTogether(['a'], never).ready('a'))).toBe(true);
});

test('nobody is asked more than four questions ahead of the other', async () => {
	const together = asTogether(['a', 'b'], never);
	expect(await state(together.turn('a', 3))).toBe(undefined);
	const ahead = together.turn('a', 4);
	expect(await state(ahead)).toBe('waits');
	expect(await state(together.turn('b', 0))).toBe(undefined);
	expect(await state(ahead)).toBe(undefined);
});

test('the end of all ends every wait', async () => {
	const stop = new AbortController();
	const together = asTogether(['a', 'b'], stop.signal);
	const [waiting, ahead] = [together.ready('a'), together.turn('a', 9)];
	expect(await state(waiting)).toBe('waits');
	expect(await state(ahead)).toBe('waits');
	stop.abort();
	expect(await state(waiting)).toBe(false);
	expect(await state(ahead)).toBe('refused');
});
