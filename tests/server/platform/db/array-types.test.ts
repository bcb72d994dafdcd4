import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readArray, writeArray } from '../../../../src/lib/server/platform/db/array-types.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';

afterAll(() => closePools());

const text = fc.oneof(
	fc.string({ unit: 'grapheme' }).map((word) => word.replaceAll('\0', '')),
	fc.constantFrom('', 'NULL', 'null', '"', '\\', '{', '}', ',', ' a ', '{a,b}', 'a"b\\c')
);

test('a list of texts comes back from Postgres as it went, whatever is in them', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.option(text)), async (list) => {
			expect(readArray(writeArray(list, String), String)).toEqual(list);
			const [row] = await plainPool()`select ${list}::text[] as list, ${list.length}::int as size`;
			expect(row).toEqual({ list, size: list.length });
		}),
		{ numRuns: 60 }
	);
});

test('lists of other types are read as their elements are', async () => {
	const id = 'ad5e6f0a-0000-4000-8000-000000000000';
	const [row] = await plainPool()`
		select array[1, null, -3] as wholes, array[true, false] as answers, array[${id}::uuid] as ids, '{}'::uuid[] as none,
			array[[1, 2], [3, 4]] as table, array[0.5::float8] as numbers, array['\\xff00'::bytea] as bytes,
			array['2026-01-02T03:04:05Z'::timestamptz] as times, array['{"a": [1]}'::json] as objects, '[2:3]={7,8}'::int[] as shifted`;
	expect(row).toEqual({
		wholes: [1, null, -3],
		answers: [true, false],
		ids: [id],
		none: [],
		table: [
			[1, 2],
			[3, 4]
		],
		numbers: [0.5],
		bytes: [Buffer.from([255, 0])],
		times: [new Date('2026-01-02T03:04:05Z')],
		objects: [{ a: [1] }],
		shifted: [7, 8]
	});
	const [found] = await plainPool()`select ${[id]}::uuid[] as ids, 3 = any (${[1, 3]}::int[]) as there`;
	expect(found).toEqual({ ids: [id], there: true });
});
