import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../../../src/lib/core/errors.ts';
import { type Pool, openPool } from '../../../../src/lib/server/platform/db/pool.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { inTransaction } from '../../../../src/lib/server/platform/db/transaction.ts';
import { prepared } from '../../../../src/lib/server/platform/db/drizzle.ts';
import { outbox, projects } from '../../../../src/lib/server/platform/db/schema.ts';
import { goingOn, together } from '../../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
const pools: Pool[] = [];
const newPool = (max = 1, patienceMs = 5_000) => {
	const pool = openPool(process.env.APP_DATABASE_URL!, max, { onnotice: () => {} }, patienceMs);
	pools.push(pool);
	return pool;
};
afterAll(async () => {
	await Promise.all(pools.map((pool) => pool.close(1)));
	await closePools();
	await owner.end();
});

describe('a transaction', () => {
	test('whose failure was swallowed inside throws: its commit was a rollback', async () => {
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const work = scope.tx(async (tx) => {
			await tx.update(projects).set({ name: 'Another' });
			await tx.$client`select 1 / 0`.catch(() => {});
			return 'all is well';
		});
		await expect(work).rejects.toThrow('Nothing was saved');
		expect(await scope.tx((tx) => tx.select({ name: projects.name }).from(projects))).toEqual([{ name: project.name }]);
	});

	test('that goes back to a savepoint of its own after an error commits', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		await scope.tx(async (tx) => {
			await tx.$client`savepoint here`;
			await tx.$client`select 1 / 0`.catch(() => {});
			await tx.$client`rollback to savepoint here`;
			await tx.update(projects).set({ name: 'Another' });
		});
		expect(await scope.tx((tx) => tx.select({ name: projects.name }).from(projects))).toEqual([{ name: 'Another' }]);
	});

	test('throws why it could not begin, not what came of it', async () => {
		const pool = newPool();
		const work = inTransaction(
			pool,
			(sql) => [sql`select no_such_function()`],
			(sql) => sql`select 1`
		);
		await expect(work).rejects.toThrow('function no_such_function() does not exist');
		expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
	});

	test('whose connection is lost while it waits refuses what comes after, and the next one is served', async () => {
		const pool = newPool();
		const work = inTransaction(
			pool,
			() => [],
			async (sql) => {
				const [row] = await sql`select pg_backend_pid() as pid`;
				await owner`select pg_terminate_backend(${row!.pid}, 5000)`;
				// some wait behind others, as drizzle's do when several are sent at once
				const later = Array.from({ length: 5 }, (_, i) => sql`select ${i}::int as i`);
				const ends = await Promise.allSettled(later);
				expect(ends.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
				await sql`select 1`;
			}
		);
		await expect(work).rejects.toThrow(Unavailable);
		await expect(work).rejects.toThrow('nothing was saved');
		expect(
			await inTransaction(
				pool,
				() => [],
				async (sql) => (await sql`select 1 as one`)[0]
			)
		).toEqual({ one: 1 });
	});
});

describe('a transaction that says what is last', () => {
	test('commits all that was sent before, however it is sent, and answers it', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const [, , found] = await scope.tx((tx) => {
			const sent = Promise.all([
				tx.update(projects).set({ name: 'Another' }),
				tx.$client`update projects set system_prompt = 'Be kind.'`,
				tx.select({ name: projects.name }).from(projects)
			]);
			tx.last();
			return sent;
		});
		expect(found).toEqual([{ name: 'Another' }]);
		const look = scope.tx((tx) => tx.select({ name: projects.name, prompt: projects.systemPrompt }).from(projects));
		expect(await look).toEqual([{ name: 'Another', prompt: 'Be kind.' }]);
	});

	test('saves nothing when one of them fails, and throws its error', async () => {
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const work = scope.tx((tx) => {
			const sent = Promise.all([tx.update(projects).set({ name: 'Another' }), tx.$client`select 1 / 0`]);
			tx.last();
			return sent;
		});
		await expect(work).rejects.toThrow('division by zero');
		expect(await scope.tx((tx) => tx.select({ name: projects.name }).from(projects))).toEqual([{ name: project.name }]);
	});

	test('refuses a query that comes after it', async () => {
		const { scope } = await newTeam();
		const work = scope.tx(async (tx) => {
			tx.last();
			await tx.$client`select 1`;
			return tx.select().from(projects);
		});
		await expect(work).rejects.toMatchObject({
			cause: { message: expect.stringContaining('this transaction is over') }
		});
	});

	test('that is given no value for a place says so', async () => {
		const { scope } = await newTeam();
		const work = scope.tx((tx) => tx.insert(outbox).values({ topic: undefined as never, projectId: randomUUID() }));
		await expect(work).rejects.toThrow();
		const add = prepared((db) =>
			db
				.insert(outbox)
				.values({ topic: sql.placeholder('topic') as never, projectId: randomUUID() })
				.prepare('news')
		);
		await expect(scope.tx((tx) => add(tx, { topic: undefined }))).rejects.toMatchObject({
			cause: { message: expect.stringContaining('A value is missing') }
		});
	});

	test('and throws at once gives its connection back as it was', async () => {
		const pool = newPool();
		const work = inTransaction(
			pool,
			() => [],
			(_, last) => {
				last();
				throw new Error('in the middle');
			}
		);
		await expect(work).rejects.toThrow('in the middle');
		await inTransaction(
			pool,
			() => [],
			async (sql) => {
				const before = await sql`select txid_current() as id`;
				await new Promise((next) => setImmediate(next));
				expect(await sql`select txid_current() as id`).toEqual(before);
			}
		);
	});

	test('whose connection is lost then says that it may have been saved', async () => {
		const pool = newPool();
		const work = inTransaction(
			pool,
			() => [],
			async (sql, last) => {
				const sent = sql`select pg_sleep(60)`;
				sent.catch(() => {});
				last();
				let row: postgres.Row | undefined;
				while (!row)
					[row] =
						await owner`select pid from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`;
				await owner`select pg_terminate_backend(${row.pid}, 5000)`;
				await sent;
			}
		);
		await expect(work).rejects.toThrow('Look whether it was saved');
		expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
	});

	test('is not over when that was one of its parts', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const part = () =>
			together(scope, ({ tx }) =>
				Promise.all(
					[1, 2].map(() => tx(async (inner) => (inner.last(), inner.select({ id: projects.id }).from(projects))))
				)
			);
		expect((await part()).flat()).toHaveLength(2);
		const renamed = await scope.tx(async (tx) => {
			goingOn(tx).last();
			await new Promise((next) => setImmediate(next));
			return tx.update(projects).set({ name: 'Another' }).returning({ name: projects.name });
		});
		expect(renamed).toEqual([{ name: 'Another' }]);
	});
});

test('whoever waits for a connection fails alone, and says so', async () => {
	const pool = newPool(1, 500);
	const first = await pool.take();
	const ends = await Promise.allSettled([pool.take(), pool.sql`select 1`, pool.take()]);
	for (const end of ends)
		expect(end).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'unavailable' } });
	const patient = pool.sql`select 1 as one`.execute();
	pool.giveBack(first);
	expect(await patient).toEqual([{ one: 1 }]);
});

test('a password that is wrong is said at once', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	url.password = 'wrong';
	const pool = openPool(url.href, 1, {});
	await expect(pool.sql`select 1`).rejects.toMatchObject({ code: '28P01' });
	await pool.close(1);
});
