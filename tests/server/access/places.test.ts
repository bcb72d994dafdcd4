import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { takePlace } from '../../../src/lib/server/access/places.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

const newKey = () => `test:${randomUUID()}`;

test('of those who come at once as many get a place as there are, and each its own', async () => {
	const key = newKey();
	const taken = await Promise.all(Array.from({ length: 20 }, () => takePlace(key, 4)));
	expect(taken.flatMap((place) => place?.number ?? []).sort()).toEqual([1, 2, 3, 4]);
	await taken.find((place) => place?.number === 2)!.leave();
	const next = await takePlace(key, 4);
	expect(next!.number).toBe(2);
	expect(await takePlace(key, 4)).toBeNull();
	expect((await takePlace(newKey(), 4))!.number).toBe(1);
});

test('a place is kept for as long as it is held, and what was left is not ended by who held it before', async () => {
	const key = newKey();
	const first = await takePlace(key, 1, 0.6);
	await sleep(1_500);
	await purge('rate_limits');
	expect(await takePlace(key, 1, 0.6)).toBeNull();
	// its lease ran out unnoticed, and somebody else came
	await owner`update rate_limits set resets_at = now() - interval '1 second' where key = ${`place:${key}:1`}`;
	const second = await takePlace(key, 1, 60);
	expect(second!.number).toBe(1);
	await first!.leave();
	expect(await takePlace(key, 1)).toBeNull();
	await second!.leave();
	expect(await takePlace(key, 1)).not.toBeNull();
});

test('a process that dies frees its places', async () => {
	const key = newKey();
	const holder = `
		import { takePlace } from './src/lib/server/access/places.ts';
		for (let i = 0; i < 4; i++) console.log((await takePlace(${JSON.stringify(key)}, 4, 2)).number);
		setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', holder], {
		stdio: ['ignore', 'pipe', 'inherit']
	});
	let said = '';
	for await (const piece of child.stdout) {
		said += piece;
		if (said.includes('4\n')) break;
	}
	expect(await takePlace(key, 4)).toBeNull();
	child.kill('SIGKILL');
	await once(child, 'exit');
	let place = await takePlace(key, 4);
	while (!place) {
		await sleep(100);
		place = await takePlace(key, 4);
	}
	expect(place.number).toBeGreaterThan(0);
});
