import zlib from 'node:zlib';
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc32, keyFrom, keyHint, holdsKey, readKey } from '../../../src/lib/core/keys/key.ts';

const random = () => Array.from({ length: 30 }, () => randomInt(62));

test('the check is the CRC-32 that everybody has', () => {
	for (const text of ['', 'a', '123456789', keyFrom('sk', random())]) expect(crc32(text)).toBe(zlib.crc32(text));
	expect(crc32('123456789')).toBe(0xcbf43926);
});

test('ten thousand keys are all accepted, and each is one word', () => {
	for (let i = 0; i < 10_000; i++) {
		const key = keyFrom(i % 2 ? 'sk' : 'pt', random());
		if (readKey(key)?.kind !== (i % 2 ? 'sk' : 'pt') || !/^\w+$/.test(key)) expect.fail(key);
	}
});

test('of ten thousand that somebody made up, hardly one is accepted', () => {
	const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
	let accepted = 0;
	for (let i = 0; i < 10_000; i++) {
		const madeUp = `ait_sk_${Array.from({ length: 36 }, () => signs[randomInt(62)]).join('')}`;
		if (readKey(madeUp)) accepted++;
	}
	expect(accepted).toBeLessThan(10);
});

test('one wrong sign anywhere, or two that changed places, is noticed', () => {
	const key = keyFrom('sk', random());
	for (let place = 7; place < key.length; place++) {
		const wrong = key[place] === 'x' ? 'y' : 'x';
		expect(readKey(key.slice(0, place) + wrong + key.slice(place + 1))).toBeNull();
	}
	const [a, b] = [key[10]!, key[11]!];
	if (a !== b) expect(readKey(key.slice(0, 10) + b + a + key.slice(12))).toBeNull();
});

test.each(['', 'ait_sk_', `${keyFrom('sk', random())} `, ` ${keyFrom('sk', random())}`, `${keyFrom('sk', random())}x`])(
	'%j is no key',
	(text) => expect(readKey(text)).toBeNull()
);

test('it is found in the middle of a text, and not in a longer word', () => {
	const key = keyFrom('sk', random());
	expect(holdsKey(`curl -H "Authorization: Bearer ${key}" …`)).toBe(true);
	expect(holdsKey(`x${key}`)).toBe(false);
	expect(holdsKey(`${key}0`)).toBe(false);
	// one that only looks like one, and a real one behind it
	const like = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');
	expect(holdsKey(like)).toBe(false);
	expect(holdsKey(`${like} ${key}`)).toBe(true);
});

test('it takes exactly thirty signs', () => {
	expect(() => keyFrom('sk', random().slice(1))).toThrow(RangeError);
});

test('its hint shows its kind and its end', () => {
	const key = keyFrom('sk', random());
	expect(keyHint(key)).toBe(`ait_sk_…${key.slice(-4)}`);
});
