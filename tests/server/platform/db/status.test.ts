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

test('what should be done something about is said with what to do', async () => {
	await sql`create table wares (id int primary key, name text)`;
	await sql`insert into wares select i, 'secret' from generate_series(1, 60) i`;
	await sql`delete from wares where id > 10`;
	await sql`select pg_stat_force_next_flush()`;
	const held = await holder.reserve();
	await held`begin`;
	const [{ pid }] = (await held`select pg_backend_pid() as pid`) as unknown as [{ pid: number }];
	await held`update wares set name = 'secret' where id = 1`;
	const waiting = waiter`update wares set name = 'secret' where id = 1`.execute();
	while (!(await lineOf('Waiting for locks'))?.includes('1 process,'));
	const none = { transactionSeconds: 0, waitSeconds: 0, deadRows: 45, deadShare: 0.3, usedShare: 0, xids: 0 };
	const { worries } = await statusOf(sql, none);
	expect(worries).toEqual([
		expect.stringMatching(/^Nearly all connections are taken: .*PgBouncer/),
		expect.stringContaining(`select pg_terminate_backend(${pid});`),
		expect.stringMatching(new RegExp(`^Process ${pid} holds up others for \\d+ s\\.$`)),
		expect.stringMatching(/^wares has 50 dead rows beside 10, and was never cleared: /),
		expect.stringMatching(/^Half of the transaction ids are used up since \w+ was frozen; .* vacuum \(freeze\) \w+;$/)
	]);
	expect(JSON.stringify(worries)).not.toContain('secret');
	await held`commit`;
	held.release();
	await waiting;
});
