import { afterAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../src/lib/server/platform/db/pools.ts';
import { isReady } from '../../src/lib/server/lifecycle.ts';

afterAll(() => closePools());

test('with a database that answers it is ready', async () => {
	expect(await isReady()).toBe(true);
});

test('with a database that does not answer in time it is not', async () => {
	// all connections of the pool are busy
	const busy = Array.from({ length: 6 }, () => plainPool()`select pg_sleep(1)`.execute());
	expect(await isReady(50)).toBe(false);
	await Promise.all(busy);
	expect(await isReady()).toBe(true);
});

test('while the process stops it is not', async () => {
	const lifecycle = (globalThis as { aitelierLifecycle?: { stopping: boolean } }).aitelierLifecycle!;
	lifecycle.stopping = true;
	expect(await isReady()).toBe(false);
	lifecycle.stopping = false;
});
