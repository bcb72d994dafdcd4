import { expect, test, vi } from 'vitest';
import { linesOfFile } from '../../../../src/lib/core/examples/import/file-lines.ts';
import { maxLineLength } from '../../../../src/lib/core/examples/import/lines.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';
import { bombs } from '../../../support/data/bombs.ts';

const megabytes = 1_000_000;
const marks = (text: string) => text.match(/[,:[{]/g)?.length ?? 0;

test.each(Object.entries(bombs(12 * megabytes)))('%s: memory is bounded, and so is each step', async (_, bomb) => {
	/** What is held: bytes, and what was made of them as far as it is not garbage yet. */
	const held = () => {
		const { arrayBuffers, heapUsed } = process.memoryUsage();
		return { arrayBuffers, heapUsed };
	};
	const before = held();
	const peak = { arrayBuffers: 0, heapUsed: 0 };
	async function* pieces() {
		for (const piece of bomb()) {
			yield piece;
			const now = held();
			peak.arrayBuffers = Math.max(peak.arrayBuffers, now.arrayBuffers - before.arrayBuffers);
			peak.heapUsed = Math.max(peak.heapUsed, now.heapUsed - before.heapUsed);
		}
	}
	const parsed = vi.spyOn(JSON, 'parse');
	const lines = linesOfFile(pieces());
	let seen = 0;
	for await (const line of lines) {
		seen++;
		if (line.text !== null) {
			expect(line.text.length <= maxLineLength).toBe(true);
			parsed.mockClear();
			parseLine(line.text, line.number);
			// strings are cheap, the rest is not
			for (const [text] of parsed.mock.calls)
				if (text.length > 30_000) expect(marks(text.replace(/"([^"\\]|\\.)*"/g, ''))).toBeLessThan(31_000);
		}
		if (seen === 3_000) await lines.pass(async () => {});
	}
	parsed.mockRestore();
	expect(peak.arrayBuffers).toBeLessThan(90 * megabytes);
	// 12 MB of numbers as values would be ten times as much; garbage that waits is part of it
	expect(peak.heapUsed).toBeLessThan(200 * megabytes);
});
