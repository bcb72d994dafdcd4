import { afterAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../src/lib/server/db/pools.ts';
import { isReady } from '../../src/lib/server/ready.ts';

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
	const house = (globalThis as { aitelierHouse?: { stopping: boolean } }).aitelierHouse!;
	house.stopping = true;
	expect(await isReady()).toBe(false);
	house.stopping = false;
});
