import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../../src/lib/core/steps.ts';
import { elementSplitter } from '../../../../src/lib/core/examples/import/elements.ts';
import { linesOfFile } from '../../../../src/lib/core/examples/import/file-lines.ts';
import type { Line } from '../../../../src/lib/core/examples/import/lines.ts';

const encoder = new TextEncoder();

/** A file that arrives in pieces of `size` bytes; `taken` counts what was read of it. */
const file = (text: string | Uint8Array, size = 1 << 16) => {
	const bytes = typeof text === 'string' ? encoder.encode(text) : text;
	const read = { taken: 0, closed: false };
	async function* pieces() {
		try {
			for (let at = 0; at < bytes.length; at += size) {
				read.taken += Math.min(size, bytes.length - at);
				yield bytes.subarray(at, at + size);
			}
		} finally {
			read.closed = true;
		}
	}
	return { pieces: pieces(), read };
};

const all = async (pieces: AsyncIterable<Uint8Array>, max?: number) => {
	const found: Line[] = [];
	for await (const line of linesOfFile(pieces, max)) found.push(line);
	return found;
};

const one = { input: 'Where is it? ä€😀', output: 'On its way.' };
const two = { input: 'And now?', output: 'Still.' };

describe.each([1, 2, 3, 7, 1 << 16])('in pieces of %i bytes', (size) => {
	test('JSONL keeps the numbers of its lines', async () => {
		const lines = await all(file(`\ufeff\n${JSON.stringify(one)}\r\n\n${JSON.stringify(two)}`, size).pieces);
		expect(lines.map(({ number, text }) => [number, JSON.parse(text!)])).toEqual([
			[2, one],
			[4, two]
		]);
	});

	test('a JSON array is taken apart', async () => {
		for (const text of [JSON.stringify([one, two]), `\ufeff \n${JSON.stringify([one, two], null, '\t')}\n`]) {
			const lines = await all(file(text, size).pieces);
			expect(lines.map((line) => JSON.parse(line.text!))).toEqual([one, two]);
		}
	});

	test('objects written over several lines are put together', async () => {
		const text = `${JSON.stringify(one, null, 2)}\n${JSON.stringify(two, null, 2)}\n`;
		const lines = await all(file(text, size).pieces);
		expect(lines.map((line) => JSON.parse(line.text!))).toEqual([one, two]);
		expect(lines[0]!.number).toBe(1);
	});
});

test('an array of any form, cut anywhere, gives what it gives in one piece, and as many when it passes by', async () => {
	const blank = fc.constantFrom('', ' ', '\n', '\n\n  ', ' \n\t', '\n \n\n');
	const element = fc.constantFrom(
		'7',
		'"a\\"b,]"',
		'{}',
		'{\n  "a": [\n\n\t1,\n2]}',
		'{"a":"b',
		'{"a": 1}',
		'["\\\\",\n{"b": "}"}]',
		'[[[[[',
		'"c'
	);
	const array = fc
		.array(fc.tuple(blank, element, blank), { maxLength: 5 })
		.map((all) => encoder.encode(`[${all.map((each) => each.join('')).join(',')}]\n`));
	const cut = (bytes: Uint8Array, sizes: readonly number[]) => {
		let at = 0;
		return [...sizes.map((size) => bytes.subarray(at, (at += size))), bytes.subarray(at)];
	};
	fc.assert(
		fc.property(array, fc.array(fc.nat(9), { maxLength: 20 }), fc.nat(20), (bytes, sizes, read) => {
			const whole = elementSplitter();
			const expected = [...whole.take(bytes), ...whole.end()];
			const slices = cut(bytes, sizes);
			const reader = elementSplitter();
			expect([...slices.flatMap((slice) => [...reader.take(slice)]), ...reader.end()]).toEqual(expected);

			const passer = elementSplitter();
			const counts = slices.map((slice, i) => (i < read ? [...passer.take(slice)].length : atOnce(passer.pass(slice))));
			expect(counts.reduce((sum, count) => sum + count, 0) + [...passer.end()].length).toBe(expected.length);
		}),
		{ numRuns: 2_000 }
	);
});

test('a file is known by what stands in its first 4,096 bytes, and not waited for longer', async () => {
	const blanks = ' '.repeat(4_095);
	const [array] = await all(file(`[${' '.repeat(4_094)}{"a":1}]`, 4_096).pieces);
	expect(array).toEqual({ number: 1, text: '{"a":1}' });
	const { pieces, read } = file(`${blanks}\n${'{"a":\n'.repeat(10_000)}`, 1_000);
	for await (const line of linesOfFile(pieces)) {
		expect(line).toEqual({ number: 2, text: '{"a":' });
		break;
	}
	expect(read.taken).toBeLessThan(6_000);
});

test('an element of just the longest length is kept', async () => {
	const text = JSON.stringify(['x'.repeat(98), 'y'.repeat(99)]);
	expect(await all(file(text).pieces, 100)).toEqual([
		{ number: 1, text: `"${'x'.repeat(98)}"` },
		{ number: 2, text: null, reason: 'Line 2 is longer than 100 characters' }
	]);
});

test('nothing, and nothing but blanks, has no lines', async () => {
	expect(await all(file('').pieces)).toEqual([]);
	expect(await all(file('\ufeff').pieces)).toEqual([]);
	expect(await all(file(' \n\t\n'.repeat(5_000), 100).pieces)).toEqual([]);
});

test('a line that only begins like an array says what is wrong with it, as a line of its own', async () => {
	const [line] = await all(file('[1, 2').pieces);
	expect(line!.text).toBe('1');
});

test('an array is read as it is asked for, however large, and let go when the reader stops', async () => {
	const { pieces, read } = file(`[${`${JSON.stringify(one)},`.repeat(10_000)}{}]`, 1_000);
	for await (const line of linesOfFile(pieces)) if (line.number === 100) break;
	expect(read.taken).toBeLessThan(50_000);
	expect(read.closed).toBe(true);
});

test('an element that is too long or too deep is a bad line, and the next one is read', async () => {
	const deep = `${'['.repeat(65)}${']'.repeat(65)}`;
	for (const size of [1, 100, 1 << 16]) {
		const text = `[\n${JSON.stringify(one)},\n"${'x'.repeat(5_000)}",\n${deep},\n${JSON.stringify(two)}]`;
		const lines = await all(file(text, size).pieces, 5_000);
		expect(lines.map(({ number, text: found, reason }) => [number, reason ?? JSON.parse(found)])).toEqual([
			[2, one],
			[3, 'Line 3 is longer than 5,000 characters'],
			[4, 'Line 4 cannot be kept: it is nested more than 64 levels deep'],
			[5, two]
		]);
	}
});

describe('what is given up passes by, and is counted', () => {
	const passing = async (text: string, size: number) => {
		const { pieces, read } = file(text, size);
		const lines = linesOfFile(pieces);
		const first = await lines.next();
		const count = await lines.pass(async () => {});
		expect(await lines.next()).toEqual({ value: undefined, done: true });
		expect(read.closed).toBe(true);
		return [(first.value as Line).number, count];
	};
	test.each([1, 2, 7, 1 << 16])('in pieces of %i bytes', async (size) => {
		expect(await passing('a\n\n b\r\n\r\nc\nd', size)).toEqual([1, 3]);
		expect(await passing('a\nb\n', size)).toEqual([1, 1]);
		expect(await passing('[{"a":"]}"},\n{},[[[\n]]],4 ] and more', size)).toEqual([1, 4]);
		expect(await passing('[1,2,{"cut":', size)).toEqual([1, 2]);
		expect(await passing(`[1,${'['.repeat(1_000)}`, size)).toEqual([1, 1]);
		expect(await passing('{\n"a":1}\n{"a":2}{}', size)).toEqual([1, 2]);
		// what a torn one has swallowed is counted too
		expect(await passing('[{"a":1},\n{"a":"\n},{"a":2},{"a":3}]', size)).toEqual([1, 3]);
		expect(await passing('[7,{"a":1},{"a":[,{"a":2}, {"a":3}]', size)).toEqual([1, 4]);
	});
});

test('an array that is not UTF-8 says so', async () => {
	const [line] = await all(file(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d)).pieces);
	expect(line).toMatchObject({ text: null, reason: expect.stringContaining('UTF-8') });
});

test('a long JSONL file is read as it is asked for, and let go when the reader stops', async () => {
	const { pieces, read } = file(`${JSON.stringify(one)}\n`.repeat(10_000), 1_000);
	for await (const line of linesOfFile(pieces)) if (line.number === 100) break;
	expect(read.taken).toBeLessThan(50_000);
	expect(read.closed).toBe(true);
});

test.each([
	// none of them closes, so that hundreds of thousands are let go in one step: as they are asked for, and again while they pass by
	['objects that never close', '[', '{"a":', 2_000_000],
	['short elements', '[', '{},', 1_000_000]
])('others have their turn while %s pass by', async (_, before, unit, length) => {
	const { pieces } = file(before + unit.repeat(length / unit.length));
	const lines = linesOfFile(pieces, 100_000);
	for (let read = 1; read <= 10; read++) expect((await lines.next()).value).toMatchObject({ number: read });
	let rests = 0;
	const count = await lines.pass(async () => rests++);
	expect(count).toBeGreaterThan(length / unit.length - 20);
	expect(count / rests).toBeLessThan(6_000);
});
