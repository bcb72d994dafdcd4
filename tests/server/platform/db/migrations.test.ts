import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { applyMigrations } from '../../../../src/lib/server/platform/db/migrations.ts';

const connect = () =>
	postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {}, connection: { lock_timeout: 100 } });
const sql = connect();
const other = connect();
const watcher = connect();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-migrations-'));
afterAll(async () => {
	await Promise.all([sql, other, watcher].map((one) => one.end()));
	fs.rmSync(folder, { recursive: true });
});

const alone = '-- without a transaction\n';
const breakpoint = '--> statement-breakpoint\n';
/** The files of a folder, in their order. The test's database has been migrated: these come after all of ours. */
const write = (...texts: string[]) => {
	fs.mkdirSync(path.join(folder, 'meta'), { recursive: true });
	const entries = texts.map((text, at) => {
		fs.writeFileSync(path.join(folder, `${at}.sql`), text);
		return { tag: String(at), when: 9_000_000_000_000 + at };
	});
	fs.writeFileSync(path.join(folder, 'meta/_journal.json'), JSON.stringify({ entries }));
};
let finished: number;
const run = () =>
	applyMigrations(sql, folder, async (tx) => {
		finished++;
		await tx`select from goods`; // in the transaction that made it
	});
const noted = async () =>
	(await sql`select count(*)::int as n from drizzle.__drizzle_migrations where created_at >= 9000000000000`)[0]!.n;
const validity = async () =>
	(
		await sql`
	select i.indisvalid as valid from pg_index i where i.indexrelid = to_regclass('public.goods_name')`
	)[0]?.valid;

beforeEach(async () => {
	finished = 0;
	await sql`drop table if exists goods`;
	await sql`delete from drizzle.__drizzle_migrations where created_at >= 9000000000000`;
});

const table = `create table goods (id int primary key, name text, done boolean not null default false); insert into goods select i, 'n' || i, false from generate_series(1, 25) i`;
const index = `${alone}create unique index concurrently if not exists "goods_name" on goods (name)`;

describe('migrations', () => {
	test('that need a transaction share one, which ends with the functions; what runs alone comes in its place', async () => {
		write(table, 'alter table goods add column price int', index, 'alter table goods add column weight int');
		await run();
		expect(await noted()).toBe(4);
		expect(finished).toBe(1);
		expect(await validity()).toBe(true);
		await run();
		expect(await noted()).toBe(4);
		expect(finished).toBe(2); // a function may have changed without any migration
	});

	test('what runs alone takes the time that it needs, and the limit holds again', async () => {
		const limit = async () => (await sql`select current_setting('statement_timeout') as value`)[0]!.value;
		await sql`set statement_timeout = '50ms'`;
		try {
			write(table, `${alone}${breakpoint}select pg_sleep(0.2)`, 'alter table goods add column price int');
			await run();
			expect(await noted()).toBe(3);
			expect(await limit()).toBe('50ms');
			write(table, `${alone}select pg_sleep(0.2)`, 'select pg_sleep(0.2)');
			await sql`delete from drizzle.__drizzle_migrations where created_at > 9000000000000`;
			await expect(run()).rejects.toMatchObject({ code: '57014' });
		} finally {
			await sql`reset statement_timeout`;
		}
	});

	test('one that fails leaves nothing of those in its transaction', async () => {
		write(table, 'alter table nowhere add column x int');
		await expect(run()).rejects.toThrow('nowhere');
		expect(await noted()).toBe(0);
		expect((await sql`select to_regclass('goods') as there`)[0]!.there).toBeNull();
	});

	test('an index that was interrupted is dropped and made anew', async () => {
		write(`${table}; insert into goods values (26, 'n1')`, index);
		await expect(run()).rejects.toMatchObject({ code: '23505' });
		expect(await validity()).toBe(false);
		expect(await noted()).toBe(1);
		await sql`delete from goods where id = 26`;
		await run();
		expect(await validity()).toBe(true);
		expect(await noted()).toBe(2);
	});

	test('an index that is made while the process is killed', async () => {
		write(table, index);
		await sql.unsafe(table);
		fs.writeFileSync(path.join(folder, '0.sql'), 'select 1');
		const holder = await other.reserve();
		await holder`begin`;
		await holder`insert into goods values (30, 'n30')`; // the index waits for it, and nobody for the index
		const killed = run();
		killed.catch(() => {});
		const atWork = () => watcher<{ pid: number }[]>`
			select pid from pg_stat_activity
			where datname = current_database() and query like '%index concurrently%' and wait_event_type = 'Lock' and pid <> pg_backend_pid()`;
		let [found] = await atWork();
		while (!found) [found] = await atWork();
		await watcher`select pg_terminate_backend(${found.pid}, 5000)`;
		await expect(killed).rejects.toThrow();
		await holder`commit`;
		holder.release();
		expect(await validity()).toBe(false);
		await run();
		expect(await validity()).toBe(true);
	});

	test('one that is complete when its file was interrupted later stays', async () => {
		write(table, `${index}${breakpoint}select 1 / (select count(*) - 25 from goods)`);
		await expect(run()).rejects.toThrow('division by zero');
		const oid = async () => (await sql`select 'goods_name'::regclass::oid as oid`)[0]!.oid;
		const before = await oid();
		await sql`delete from goods where id = 1`;
		await run();
		expect(await oid()).toBe(before);
	});

	test('rows are changed in pieces until none is left, each for itself', async () => {
		write(
			table,
			`${alone}-- until nothing is left\nupdate goods set done = true where id in (select id from goods where not done limit 10)${breakpoint}select 1 / (select count(*) - 26 from goods)`
		);
		await run();
		expect((await sql`select count(*)::int as n from goods where done`)[0]!.n).toBe(25);
	});

	test('a busy table is tried again, and nobody waits behind meanwhile', async () => {
		await sql.unsafe(table);
		write('alter table goods add column price int');
		const holder = await other.reserve();
		await holder`begin`;
		await holder`insert into goods values (40, 'n40')`;
		const done = run();
		setTimeout(() => void holder`commit`.execute(), 400);
		await done;
		holder.release();
		expect(await noted()).toBe(1);
	});

	test('two that wait for each other: the migration gives way, and tries again', async () => {
		await sql.unsafe(`${table}; drop table if exists shelves; create table shelves (id int)`);
		write(
			`alter table goods add column price int${breakpoint}alter table shelves add column price int${breakpoint}-- nothing but words`
		);
		await sql`select set_config('lock_timeout', '10s', false)`;
		await other`select set_config('lock_timeout', '10s', false), set_config('deadlock_timeout', '10s', false)`;
		const holder = await other.reserve();
		await holder`begin`;
		await holder`insert into shelves values (1)`;
		const done = run();
		done.catch(() => {});
		while (!(await watcher`select from pg_locks where not granted and relation = 'shelves'::regclass`).length);
		await holder`insert into goods values (50, 'n50')`;
		await holder`commit`;
		holder.release();
		await done;
		await Promise.all([sql, other].map((one) => one`select set_config('lock_timeout', '100ms', false)`));
		await other`reset deadlock_timeout`;
		await sql`drop table shelves`;
		expect(await noted()).toBe(1);
	});

	test('a version older than the database brings no functions back', async () => {
		write(table, 'select 1');
		await run();
		write(table);
		finished = 0;
		await run();
		expect(finished).toBe(0);
	});
});
