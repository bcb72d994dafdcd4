import { expect, test } from 'vitest';
import { bucketsOf, holdingBack, secondsHeldBack } from '../../../src/lib/server/http/held-back.ts';

test('a window that opens its stream in a loop is held back, and comes in again later', () => {
	const asked = (session: string, now: number) => secondsHeldBack(session, '192.0.2.1', now);
	const loop = Array.from({ length: 200 }, () => asked('looping', 1_000));
	expect(loop.slice(0, 120)).toEqual(Array(120).fill(0));
	expect(loop.slice(120)).toEqual(Array(80).fill(1));
	expect(asked('looping', 1_400)).toBe(1);
	expect(asked('looping', 1_600)).toBe(0);
	expect(asked('looping', 1_600)).toBe(1);
	// another browser at the same address, meanwhile
	expect(asked('quiet', 1_600)).toBe(0);
	// and after a pause it is as it was
	expect(Array.from({ length: 121 }, () => asked('looping', 600_000)).filter((seconds) => seconds > 0)).toEqual([1]);
});

test('whoever invents sessions is held back by their address, and loops that wait take nothing from others there', () => {
	const now = 5_000_000;
	const invented = Array.from({ length: 2_100 }, (_, n) => secondsHeldBack(`invented-${n}`, '198.51.100.7', now));
	expect(invented.filter((seconds) => seconds > 0)).toHaveLength(100);
	expect(secondsHeldBack(null, '198.51.100.7', now)).toBe(1);
	expect(secondsHeldBack('somebody', '198.51.100.8', now)).toBe(0);
	for (let n = 0; n < 10_000; n++) secondsHeldBack('looping', '203.0.113.1', now);
	expect(secondsHeldBack('beside it', '203.0.113.1', now)).toBe(0);
	// a /64 is one network
	for (let n = 0; n < 2_000; n++) secondsHeldBack(null, `2001:db8::${n.toString(16)}`, now);
	expect(secondsHeldBack(null, '2001:db8::ffff', now)).toBe(1);
	expect(secondsHeldBack(null, '2001:db8:0:1::1', now)).toBe(0);
});

test('of an address that is held back no invented session is kept, and those who are busy elsewhere stay known', () => {
	const [sessions, networks] = [bucketsOf({ most: 2, perSecond: 0.001 }), bucketsOf({ most: 50, perSecond: 1 })];
	const held = holdingBack(sessions, networks);
	for (let n = 0; n < 3; n++) held('looping', '192.0.2.1', 0);
	for (let n = 0; n < 25_000; n++) held(`invented-${n}`, '198.51.100.7', 1);
	expect(sessions.size()).toBe(51);
	expect(held('looping', '192.0.2.1', 2)).toBeGreaterThan(0);
	// nor does it cost a true one there a turn of its own to be told to wait
	expect(held('true', '198.51.100.7', 2)).toBe(1);
	expect(sessions.size()).toBe(51);
});

test('what is known of them stays small', () => {
	const buckets = bucketsOf({ most: 2, perSecond: 1 });
	for (let n = 0; n < 25_000; n++) buckets.take(`key ${n}`, n * 10);
	expect(buckets.size()).toBeLessThanOrEqual(10_000);
	for (let n = 0; n < 25_000; n++) buckets.take(`at once ${n}`, 1_000_000);
	expect(buckets.size()).toBeLessThanOrEqual(10_000);
	// who is busy is not forgotten for those who are quiet
	const some = bucketsOf({ most: 1, perSecond: 0.001 });
	for (let n = 0; n < 9_999; n++) some.take(`quiet ${n}`, 0);
	some.take('busy', 1_000_000);
	some.take('new', 1_000_001);
	expect(some.take('busy', 1_000_002)).toBeGreaterThan(0);
});
