import { expect, test } from 'vitest';
import { splitDocument } from '../../../src/lib/core/examples/import/document.ts';
import { previewOf } from '../../../src/routes/[team=slug]/[project=slug]/add/preview.ts';

const line = (
	number: number,
	text = JSON.stringify({ input: `Question ${number}`, output: `Answer ${number}`, rating: 8 })
) => ({
	number,
	text
});

test('a preview has five rows to read, the counts, and every kind of bad line with its reason', async () => {
	const lines = [
		...Array.from({ length: 8 }, (_, i) => line(i + 1)),
		line(9, '{oops'),
		{ number: 10, text: null, reason: 'Line 10 is not UTF-8 text; save the file as UTF-8' }
	];
	const preview = (await previewOf(lines))!;
	expect(preview).toMatchObject({ good: 8, badCount: 2, more: false, format: 'Input and output' });
	expect(preview.rows.map(({ line, rating }) => [line, rating])).toEqual([1, 2, 3, 4, 5].map((at) => [at, 8]));
	expect(preview.bad.map(({ line }) => line)).toEqual([9, 10]);
	expect(preview.bad[0]!.reason).toMatch(/^Line 9 is not valid JSON/);
});

test('it looks at the first lines only, and says that there are more', async () => {
	let taken = 0;
	async function* endless() {
		for (;;) yield line(++taken, taken % 2 ? '{}' : undefined);
	}
	const preview = (await previewOf(endless(), { most: 300 }))!;
	expect([preview.good, preview.badCount, preview.more]).toEqual([150, 150, true]);
	expect(preview.bad).toHaveLength(50);
	expect(taken).toBe(301);
	const exact = (await previewOf([line(1), line(2)], { most: 2 }))!;
	expect(exact.more).toBe(false);
});

test('what nobody waits for any more is given up', async () => {
	let taken = 0;
	async function* slow() {
		for (;;) {
			await new Promise((done) => setTimeout(done, 5));
			yield line(++taken);
		}
	}
	expect(await previewOf(slow(), { isStale: () => taken > 3 })).toBe(null);
});

test('text that is no format has no name', async () => {
	const preview = (await previewOf(splitDocument('hello\nthere')))!;
	expect(preview).toMatchObject({ good: 0, badCount: 2, format: null, rows: [] });
});
