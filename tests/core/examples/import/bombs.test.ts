import { expect, test, vi } from 'vitest';
import { linesOfFile } from '../../../../src/lib/core/examples/import/file-lines.ts';
import { maxLineLength } from '../../../../src/lib/core/examples/import/lines.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';
import { bombs } from '../../../support/bombs.ts';

const megabytes = 1_000_000;
const marks = (text: string) => text.match(/[,:[{]/g)?.length ?? 0;

test.each(Object.entries(bombs(12 * megabytes)))('%s: memory is bounded, and so is each step', async (_, bomb) => {
	const before = process.memoryUsage().arrayBuffers;
	let peak = 0;
	async function* pieces() {
		for (const piece of bomb()) {
			yield piece;
			peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
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
		if (seen === 3_000) await lines.pass();
	}
	parsed.mockRestore();
	expect(peak).toBeLessThan(90 * megabytes);
});
