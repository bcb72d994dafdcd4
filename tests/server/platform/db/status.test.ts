import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { statusOf } from '../../../../src/lib/server/platform/db/status.ts';

const connect = () => postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
const [sql, holder, waiter] = [connect(), connect(), connect()];
afterAll(() => Promise.all([sql, holder, waiter].map((one) => one.end())));

const lineOf = async (begin: string) => (await statusOf(sql)).lines.find((line) => line.startsWith(begin));

test('a database at rest has nothing to worry about', async () => {
	const { lines, worries } = await statusOf(sql);
	expect(worries).toEqual([]);
	expect(lines.map((line) => line.split(':')[0])).toEqual([
		'Connections',
		'Oldest transaction',
		'Waiting for locks',
		'Dead rows',
		'Oldest transaction id',
		'Statements'
	]);
});

test('who holds a lock, who waits for it, and what is dead is told, without a text of anybody', async () => {
	await sql`create table goods (id int primary key, name text)`;
	await sql`insert into goods select i, 'secret' from generate_series(1, 50) i`;
	await sql`delete from goods where id > 10`;
	await sql`select pg_stat_force_next_flush()`;
	const held = await holder.reserve();
	await held`begin`;
	const [{ pid }] = (await held`select pg_backend_pid() as pid`) as unknown as [{ pid: number }];
	await held`update goods set name = 'secret' where id = 1`;
	const waiting = waiter`update goods set name = 'secret' where id = 1`.execute();
	let line: string | undefined;
	while (!line?.includes('1 process,')) line = await lineOf('Waiting for locks');
	expect(line).toContain(`behind process ${pid}.`);
	expect(await lineOf('Oldest transaction:')).toContain(`idle in transaction, process ${pid}`);
	expect(await lineOf('Dead rows')).toContain('goods 40 beside 10');
	expect(JSON.stringify(await statusOf(sql))).not.toContain('secret');
	await held`commit`;
	held.release();
	await waiting;
	expect(await lineOf('Waiting for locks')).toBe('Waiting for locks: nobody.');
});
