import fs from 'node:fs';
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { newsSince } from '../../src/lib/server/events/news.ts';
import { plainPool } from '../../src/lib/server/platform/db/pools.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';

const teams = 1_000;
/** What they have announced in the last two hours, before the hub looks. */
const announced = 600_000;

const dialect = new PgDialect();
const textOf = (query: SQL) => {
	const { sql, params } = dialect.sqlToQuery(query);
	return [sql, params as never[], { prepare: true }] as const;
};

/** Milliseconds that the one connection of `sql` has kept a processor busy in the database, whatever else goes on in the machine; for each of `times`. */
const inDatabase = async (sql: postgres.ReservedSql, times: number, work: () => Promise<unknown>): Promise<number> => {
	const [row] = await sql`select pg_backend_pid() as pid`;
	const busyNs = () => Number(fs.readFileSync(`/proc/${row!.pid}/schedstat`, 'utf8').split(' ')[0]);
	const before = busyNs();
	for (let time = 0; time < times; time++) await work();
	return (busyNs() - before) / 1e6 / times;
};

/** LIVE: what live pages cost while nothing happens, and what a piece of news costs. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	await owner`insert into teams (name, slug) select 'Team', 'team-' || n from generate_series(1, ${teams}) n`;
	const ids = (await owner`select id from teams`).map(({ id }) => id as string);
	for (const hoursAgo of [0, 1])
		await owner`
			insert into outbox (team_id, project_id, topic, part)
			select t.id, t.id, 'project:' || t.id, (extract(hour from now() at time zone 'UTC')::int + 24 - ${hoursAgo}::int) % 3
			from generate_series(1, ${announced / teams / 2}) n cross join teams t`;
	await owner`vacuum analyze`;
	const [place] = await plainPool()`select pg_current_snapshot()::text as place`;
	const sql = await owner.reserve();
	const [empty, writes, looks]: [number[], number[], number[]] = [[], [], []];
	const question = () => sql`select upto, changed from teams_with_news(${ids}::uuid[], ${place!.place})`;
	const write = () => sql`
		insert into outbox (team_id, project_id, topic) values (${ids[0]!}, ${ids[0]!}, 'project:' || ${ids[0]!}::uuid)`;
	const look = () =>
		newsSince({ execute: (query: SQL) => sql.unsafe(...textOf(query)) } as never, place!.place as string);
	for (let round = 0; round < 7; round++) {
		empty.push(await inDatabase(sql, 20, question));
		writes.push(await inDatabase(sql, 200, write));
		looks.push(await inDatabase(sql, 50, look));
	}
	sql.release();
	const value = { unit: 'ms', judged: 'value', better: 'lower', id: 'LIVE' } as const;
	return [
		{ ...value, what: `database of ${teams} empty looks`, values: empty, target: 20, moonshot: 5 },
		{ ...value, what: 'database of a piece of news, written', values: writes, target: 1, moonshot: 0.1 },
		{ ...value, what: 'database of a look at a team with news', values: looks, target: 5, moonshot: 1 }
	];
};
