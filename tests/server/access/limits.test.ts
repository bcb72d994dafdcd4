import { afterAll, expect, test } from 'vitest';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { networkOf, within } from '../../../src/lib/server/access/limits.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

const age = (key: string) => owner`update rate_limits set resets_at = now() - interval '1 second' where key = ${key}`;

test('as many as allowed get through, also when they come at once', async () => {
	const answers = await Promise.all(Array.from({ length: 30 }, () => within('a', { most: 5, perSeconds: 60 })));
	expect(answers.filter(Boolean)).toHaveLength(5);
	expect(await within('a', { most: 5, perSeconds: 60 })).toBe(false);
});

test('keys do not count for each other', async () => {
	expect(await within('b', { most: 1, perSeconds: 60 })).toBe(true);
	expect(await within('c', { most: 1, perSeconds: 60 })).toBe(true);
	expect(await within('b', { most: 1, perSeconds: 60 })).toBe(false);
});

test('a new window begins when the old one is over, and refused events do not make it longer', async () => {
	expect(await within('d', { most: 1, perSeconds: 60 })).toBe(true);
	const [first] = await owner`select resets_at from rate_limits where key = 'd'`;
	expect(await within('d', { most: 1, perSeconds: 60 })).toBe(false);
	const [same] = await owner`select resets_at from rate_limits where key = 'd'`;
	expect(same!.resets_at).toEqual(first!.resets_at);
	await age('d');
	expect(await within('d', { most: 1, perSeconds: 60 })).toBe(true);
	expect(await within('d', { most: 1, perSeconds: 60 })).toBe(false);
});

test('what is over is forgotten, the rest is kept', async () => {
	await within('old', { most: 1, perSeconds: 60 });
	await within('new', { most: 1, perSeconds: 60 });
	await age('old');
	await purge('rate_limits');
	const rows = await owner`select key from rate_limits where key in ('old', 'new')`;
	expect(rows.map(({ key }) => key)).toEqual(['new']);
});

test('a whole network of IPv6 is one visitor, and an IPv4 address is itself however it is written', () => {
	expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
	expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
	expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
	expect(networkOf('unknown')).toBe('unknown');
});
