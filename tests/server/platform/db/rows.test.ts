import * as drizzle from 'drizzle-orm';
import { getTableColumns, is, sql } from 'drizzle-orm';
import { PgTable, QueryBuilder } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import { type Field, rowReader } from '../../../../src/lib/server/platform/db/rows.ts';
import * as schema from '../../../../src/lib/server/platform/db/schema.ts';

/** What drizzle has and its types do not name. */
const { mapResultRow, orderSelectedFields } = drizzle as unknown as {
	mapResultRow(fields: Field[], row: unknown[], joins: undefined): unknown;
	orderSelectedFields(selection: object): Field[];
};

const tables = Object.entries<unknown>(schema).flatMap(([name, one]) =>
	is(one, PgTable) ? [[name, one] as const] : []
);
const { examples, ratings } = schema;

/** What the driver may hand over: each in the place of every column, and no two of a row alike. */
const values = [
	null,
	'12',
	'9007199254740993',
	'1.250000000000000001',
	'2026-11-29 10:00:00.123456+00',
	'2026-11-29',
	'{a,NULL,"b,c"}',
	'{{1,2},{3,4}}',
	'{"a":[1,null]}',
	'null',
	'not JSON',
	'',
	7,
	true,
	new Date(0),
	Buffer.from('ab'),
	['a', null],
	{ a: 1 },
	undefined
];

const outcome = (read: () => unknown) => {
	try {
		return { read: read() };
	} catch (problem) {
		return { problem: String(problem) };
	}
};

/** Each value in the place of one field, and nothing in all others. */
const compare = (selection: object) => {
	const fields = orderSelectedFields(selection);
	const reader = rowReader(fields)!;
	for (const [at] of fields.entries())
		for (const value of values) {
			const row = fields.map((_, place) => (place === at ? value : null));
			expect(
				outcome(() => reader([row])[0]),
				`${fields[at]!.path[0]}: ${String(value)}`
			).toStrictEqual(outcome(() => mapResultRow(fields, row, undefined)));
		}
	return fields.length;
};

describe('rows are read as drizzle reads them', () => {
	test.each(tables)('of %s', (_, table) => {
		expect(compare(getTableColumns(table))).toBeGreaterThan(0);
	});

	test('of what is worked out, named or joined', () => {
		const inner = new QueryBuilder().select({ id: examples.id, made: examples.createdAt }).from(examples).as('inner');
		compare({
			plain: sql`1`,
			number: sql<number>`count(*)`.mapWith(Number),
			named: sql<number>`max(number)`.mapWith(Number).as('named'),
			asColumn: sql`max(created_at)`.mapWith(ratings.createdAt).as('made'),
			listed: sql`array_agg(x)`.mapWith((text: string) => text.split(',')),
			ofAnother: inner.made,
			joined: ratings.score,
			subquery: new QueryBuilder().select({ text: ratings.text }).from(ratings).as('sub')
		});
	});
});

test('what has tables inside is left to drizzle', () => {
	const fields = orderSelectedFields({ example: getTableColumns(examples), score: ratings.score });
	expect(rowReader(fields)).toBeUndefined();
});
