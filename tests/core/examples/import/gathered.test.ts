import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gathered } from '../../../../src/lib/core/examples/import/gathered.ts';

test('what comes in parts is put together, as long as it fits; of more the length is known', () => {
	const part = fc.uint8Array({ maxLength: 300 });
	fc.assert(
		fc.property(fc.array(fc.array(part, { maxLength: 12 }), { maxLength: 4 }), fc.nat(2_000), (wholes, most) => {
			const kept = gathered(most);
			for (const parts of wholes) {
				for (const each of parts) kept.add(each);
				const whole = parts.flatMap((each) => [...each]);
				expect(kept.length()).toBe(whole.length);
				expect(kept.isTooLong()).toBe(whole.length > most);
				const taken = kept.take();
				expect(taken.buffer.byteLength).toBeLessThanOrEqual(most);
				if (whole.length <= most) expect([...taken]).toEqual(whole);
				expect(kept.length()).toBe(0);
			}
		})
	);
});

test('a small buffer is used again, a large one is let go', () => {
	const kept = gathered(1_000_000);
	kept.add(new Uint8Array(100));
	const first = kept.take();
	expect(first.buffer.byteLength).toBe(1_024);
	kept.add(new Uint8Array(1_024)); // just as much as it holds
	expect(kept.take().buffer).toBe(first.buffer);
	kept.add(new Uint8Array(32_768));
	const larger = kept.take();
	expect(larger.buffer.byteLength).toBe(65_536);
	kept.add(new Uint8Array(1));
	expect(kept.take().buffer).toBe(larger.buffer);
	kept.add(new Uint8Array(300_000));
	expect(kept.take().buffer.byteLength).toBe(600_000);
	kept.add(new Uint8Array(1));
	expect(kept.take().buffer.byteLength).toBe(1_024);
});

test('what has become too long holds no memory', () => {
	const kept = gathered(10_000);
	kept.add(new Uint8Array(10_000));
	expect(kept.isTooLong()).toBe(false);
	kept.add(new Uint8Array(1));
	expect(kept.isTooLong()).toBe(true);
	expect(kept.take()).toHaveLength(0);
});
