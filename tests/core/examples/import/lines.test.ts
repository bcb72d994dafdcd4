import { expect, test } from 'vitest';
import { atOnce } from '../../../../src/lib/core/steps.ts';
import fc from 'fast-check';
import { lineSplitter, linesOf } from '../../../../src/lib/core/examples/import/lines.ts';

async function* inPieces(pieces: Iterable<Uint8Array | string>) {
	yield* pieces;
}
const lines = (pieces: Iterable<Uint8Array | string>, maxLength?: number) =>
	Array.fromAsync(linesOf(inPieces(pieces), maxLength));
const bytes = (text: string) => new TextEncoder().encode(text);

test('LF, CRLF, a byte order mark, blank lines and a last line without its end', async () => {
	expect(await lines([bytes('\ufeffone\r\n\r\n  \nfour\n\nsix')])).toEqual([
		{ number: 1, text: 'one' },
		{ number: 4, text: 'four' },
		{ number: 6, text: 'six' }
	]);
});

test('nothing, and nothing but line ends', async () => {
	expect(await lines([])).toEqual([]);
	expect(await lines(['', '\n\r\n', '\n'])).toEqual([]);
});

test('the byte order mark of a file that was put behind another is dropped too, elsewhere it is text', async () => {
	expect(await lines(['a\n\ufeffb\nc\ufeff'])).toEqual([
		{ number: 1, text: 'a' },
		{ number: 2, text: 'b' },
		{ number: 3, text: 'c\ufeff' }
	]);
});

test('bytes cut anywhere give the same lines', async () => {
	const text = fc
		.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', 'é', '🫖', '漢', 'x\r')))
		.map((all) => all.join('\n'));
	await fc.assert(
		fc.asyncProperty(text, fc.array(fc.nat(40)), async (whole, cuts) => {
			const all = bytes(whole);
			const pieces: Uint8Array[] = [];
			let at = 0;
			for (const size of cuts) pieces.push(all.subarray(at, (at += size)));
			pieces.push(all.subarray(at));
			const expected = whole
				.split('\n')
				.map((line, index) => ({ number: index + 1, text: line.replace(/\r$/, '') }))
				.map((line) => (line.number === 1 ? { ...line, text: line.text.replace(/^\ufeff/, '') } : line))
				.filter((line) => line.text.trim() !== '');
			expect(await lines(pieces)).toEqual(expected);
			expect(await lines(pieces, 12)).toEqual(await lines([all], 12));
		}),
		{ numRuns: 500 }
	);
});

test('text cut between the halves of a character is put together again', async () => {
	expect(await lines(['a🫖'.slice(0, 2), 'a🫖'.slice(2), '\n'])).toEqual([{ number: 1, text: 'a🫖' }]);
	expect(await lines(['a cup 🫖'.slice(0, 7), 'a cup 🫖'.slice(7)])).toEqual([{ number: 1, text: 'a cup 🫖' }]);
	// half of one at the very end is no character, and not passed over in silence either
	expect(await lines(['a cup 🫖'.slice(0, 7)])).toEqual([{ number: 1, text: 'a cup \ufffd' }]);
});

test('a piece that is used again by its sender does not change what was read', async () => {
	const shared = Buffer.from('abc');
	async function* sender() {
		yield shared;
		shared.fill('x');
		yield Buffer.from('d\n');
	}
	expect(await Array.fromAsync(linesOf(sender()))).toEqual([{ number: 1, text: 'abcd' }]);
});

test('a line that is too long is reported and the next one is read', async () => {
	const long = { number: 2, text: null, reason: 'Line 2 is longer than 1,000 characters' };
	const around = [{ number: 1, text: 'a' }, long, { number: 3, text: 'b' }];
	expect(await lines([`a\n${'é'.repeat(1_001)}\nb`], 1_000)).toEqual(around);
	expect(await lines(['a\n', ...Array(90).fill('x'.repeat(100)), 'x\nb\n'], 1_000)).toEqual(around);
	expect(await lines(['a\n', 'é'.repeat(1_000), '\nb'], 1_000)).toHaveLength(3);
	expect((await lines(['a\n', 'x'.repeat(9_000)], 1_000)).at(-1)).toEqual(long);
});

test('the longest line fits, in the characters that take most bytes, with a byte order mark and CRLF', async () => {
	const han = '漢'.repeat(500);
	expect(await lines([`\ufeff${han}`, `${han}\r`, '\n'], 1_000)).toEqual([{ number: 1, text: han + han }]);
	expect(await lines([`\ufeff${han}`, `${han}漢\r`, '\n'], 1_000)).toMatchObject([{ number: 1, text: null }]);
});

test('what passes by is counted as it would have been read, wherever it is cut', () => {
	const line = fc.constantFrom('', ' ', '\t \r', 'a', ' b c', 'é\r', 'x'.repeat(40));
	const text = fc.array(line, { maxLength: 8 }).map((all) => bytes(all.join('\n')));
	fc.assert(
		fc.property(text, fc.array(fc.nat(9), { maxLength: 12 }), fc.nat(12), (all, sizes, read) => {
			const slices: Uint8Array[] = [];
			let at = 0;
			for (const size of sizes) slices.push(all.subarray(at, (at += size)));
			slices.push(all.subarray(at));
			const [reader, passer] = [lineSplitter(10), lineSplitter(10)];
			const expected = [...slices.flatMap((slice) => [...reader.take(slice)]), ...reader.end()].length;
			const counted = slices.map((slice, i) =>
				i < read ? [...passer.take(slice)].length : atOnce(passer.pass(slice))
			);
			expect(counted.reduce((sum, count) => sum + count, 0) + [...passer.end()].length).toBe(expected);
		}),
		{ numRuns: 1_000 }
	);
});

test('a line that never ends is never gathered', async () => {
	const piece = new Uint8Array(1_000_000).fill(120);
	async function* endless() {
		for (let sent = 0; sent < 300; sent++) yield piece;
	}
	const before = process.memoryUsage().arrayBuffers;
	let peak = 0;
	async function* watched() {
		for await (const each of endless()) {
			peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
			yield each;
		}
	}
	const found = await Array.fromAsync(linesOf(watched()));
	expect(found).toEqual([{ number: 1, text: null, reason: 'Line 1 is longer than 2,500,000 characters' }]);
	expect(peak).toBeLessThan(40_000_000);
});

test('bytes that are not UTF-8 spoil their own line only', async () => {
	const latin = new Uint8Array([0x63, 0x61, 0x66, 0xe9]);
	const all = Buffer.concat([bytes('café\n'), latin, bytes('\r\n\ncafé\n'), latin]);
	const expected = [
		{ number: 1, text: 'café' },
		{ number: 2, text: null, reason: 'Line 2 is not UTF-8 text; save the file as UTF-8' },
		{ number: 4, text: 'café' },
		{ number: 5, text: null, reason: 'Line 5 is not UTF-8 text; save the file as UTF-8' }
	];
	expect(await lines([all])).toEqual(expected);
	expect(await lines([...all].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('the sign for bytes that are no character may be written in a file, too', async () => {
	// a cup that lacks its last byte is as long as the sign, and no UTF-8
	const cup = bytes('🫖').subarray(0, 3);
	const all = Buffer.concat([bytes('\n\ufffd\na\ufffdb\n'), cup, bytes('\n\ufffd\nc\n\ufffd')]);
	const expected = [
		{ number: 2, text: '\ufffd' },
		{ number: 3, text: 'a\ufffdb' },
		{ number: 4, text: null, reason: 'Line 4 is not UTF-8 text; save the file as UTF-8' },
		{ number: 5, text: '\ufffd' },
		{ number: 6, text: 'c' },
		{ number: 7, text: '\ufffd' }
	];
	expect(await lines([all])).toEqual(expected);
	expect(await lines([...all].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
});
