// Whatever the product knows a closed set of words or bounds for, the database does: read from the catalogue, and each is tried.
import fs from 'node:fs';
import { is } from 'drizzle-orm';
import { PgTable, getTableConfig } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import * as schema from '../../../../src/lib/server/platform/db/schema.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
beforeAll(async () => {
	const team = await newTeam();
	await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Extra')).id);
});
afterAll(async () => {
	await closePools();
	await owner.end();
});

type Check = { table: string; name: string; columns: string[]; types: string[]; says: string };
const checks: Check[] = await owner`
	select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as says,
		array_agg(a.attname order by a.attnum)::text[] as columns, array_agg(format_type(a.atttypid, null) order by a.attnum)::text[] as types
	from pg_constraint k join pg_class c on c.oid = k.conrelid
		join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.conkey)
	where k.contype = 'c' and c.relnamespace = 'public'::regnamespace
	group by k.oid, c.relname, k.conname order by 1, 2`;

/** What may be wrong, by type: another word, below and above every bound, nothing where something has to be. */
const wrongFor = (type: string): string[] => {
	if (type === 'text') return [`'no such word'`, 'null', `''`, `'scoring'`, `'x'`];
	if (/^(integer|smallint|bigint)$/.test(type)) return ['-1', '0', '11', '32000', 'null'];
	if (/^(real|double precision|numeric)$/.test(type)) return ['-1', '10.5', `'NaN'`, 'null'];
	if (type === 'boolean') return ['true', 'false'];
	if (type === 'json') return [`'{}'`, 'null'];
	if (type === 'uuid') return ['new_id()', 'null'];
	if (type === 'bytea') return [`''`, `'x'`, 'null'];
	if (type.startsWith('timestamp')) return ['now()', `'epoch'`, `'infinity'`, 'null'];
	return ['null', `'{}'`];
};

/** What an update of every row is refused by, as the owner and without triggers; undone in any case. */
const refusalOf = async (
	table: string,
	change: string
): Promise<{ code?: string; constraint_name?: string } | null> => {
	let refusal = null;
	await owner
		.begin(async (sql) => {
			await sql`alter table ${sql(table)} disable trigger user`;
			refusal = await sql
				.savepoint((inner) => inner.unsafe(`update ${table} set ${change}`))
				.then(
					() => null,
					(problem) => problem
				);
			throw new Error('undone');
		})
		.catch((problem) => {
			if (problem.message !== 'undone') throw problem;
		});
	return refusal;
};

/** What is wrong only together with something else. */
const together: Record<string, string> = {
	evaluations_three_compares: `three_part = 'training', kind = 'scoring', sendable_from = 8`,
	webhook_endpoints_reason_known: `state = 'off', reason = 'no such word'`
};

describe('each check refuses what is wrong', () => {
	test('there are as many as the tables say', () => expect(checks.length).toBeGreaterThan(50));

	test.each(checks.map((check) => [`${check.table}: ${check.name}`, check] as const))(
		'%s',
		async (_, { table, name, columns, types, says }) => {
			const [{ n }] = await owner<[{ n: number }]>`select count(*)::int as n from ${owner(table)}`;
			expect(n, `a row of ${table}`).toBeGreaterThan(0);
			const seen = new Set<string>();
			if (together[name]) seen.add((await refusalOf(table, together[name]))?.constraint_name ?? '');
			for (const [at, column] of columns.entries())
				for (const value of wrongFor(types[at]!))
					seen.add((await refusalOf(table, `${column} = ${value}`))?.constraint_name ?? '');
			expect([...seen], says).toContain(name);
		}
	);
});

describe('each column of a closed set of words has its check', () => {
	/** Sets that grow with what is connected or with the rules of providers, or that a trigger alone writes. */
	const open = new Set([
		'connections.provider',
		'example_counts.split',
		'example_marks.marks',
		'example_standings.split',
		'evaluations.three_part'
	]);
	const source = fs.readFileSync(new URL('../../../../src/lib/server/platform/db/schema.ts', import.meta.url), 'utf8');
	const words = /\n\t+(\w+): (?:text\(\)\s*\.\$type<|(?:voter|ballotVoter)\(\))/g;
	const tables = Object.values(schema).flatMap((one) => (is(one, PgTable) ? [one] : []));
	const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

	test.each(tables.map((table) => [getTableConfig(table).name, table] as const))('%s', (name) => {
		const start = source.search(new RegExp(`\\b(teamTable|pgTable)\\(\\s*'${name}'`));
		const end = source.indexOf('\nexport ', start);
		const block = source.slice(start, end === -1 ? undefined : end);
		for (const [, column] of block.matchAll(words)) {
			const place = `${name}.${snake(column!)}`;
			if (open.has(place)) continue;
			const has = checks.some(
				({ table, columns, says }) => table === name && columns.includes(snake(column!)) && says.includes('ARRAY[')
			);
			expect(has, place).toBe(true);
		}
	});
	test('and there are such columns', () => expect([...source.matchAll(words)].length).toBeGreaterThan(30));
});
