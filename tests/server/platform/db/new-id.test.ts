import { describe, expect, test } from 'vitest';
import { writeNewId } from '../../../../src/lib/server/platform/db/new-id.ts';

const ids = (count: number, nowMs?: number) =>
	Array.from({ length: count }, () => {
		const bytes = Buffer.alloc(20, 0xee);
		writeNewId(bytes, 2, nowMs);
		expect([bytes[1], bytes[18]]).toEqual([0xee, 0xee]); // sixteen bytes and no more
		return bytes.subarray(2, 18).toString('hex');
	});

describe('a new id', () => {
	test('is a UUID version 7 of its time', () => {
		const before = Date.now();
		const [id] = ids(1);
		expect(id).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
		expect(parseInt(id!.slice(0, 12), 16)).toBeGreaterThanOrEqual(before);
	});

	test('sorts after the one before it, also with more than 4096 in a millisecond and a clock that goes back', () => {
		const now = Date.now() + 60_000;
		const made = [...ids(10_000, now), ...ids(10, now - 5_000), ...ids(10, now + 5_000)];
		expect(made).toEqual([...made].sort());
		expect(new Set(made).size).toBe(made.length);
	});
});
