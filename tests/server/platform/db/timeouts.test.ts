import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { operations } from '../../../../src/lib/contract/operations.ts';
import { Unavailable } from '../../../../src/lib/core/errors.ts';
import { answerThrown } from '../../../../src/lib/server/http/thrown.ts';
import { withTimeouts } from '../../../../src/lib/server/access/scope.ts';
import { type TimeoutKind, timeouts } from '../../../../src/lib/server/platform/db/timeouts.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { missingTimeouts, prepareLogin } from '../../../../src/lib/server/platform/db/roles.ts';
import { projects } from '../../../../src/lib/server/platform/db/schema.ts';
import { raw } from '../../../support/database/raw.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

const names = Object.keys(timeouts.web) as (keyof typeof timeouts.web)[];
const timeoutsOf = async (sql: postgres.ISql) => {
	const rows = await sql`
		select name, setting::int / case unit when 'ms' then 1000 else 1 end || 's' as value from pg_settings where name = any (${names})`;
	return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
};

describe('how long something may take', () => {
	test('of a page is that of the role: nobody has to set it', async () => {
		const { scope } = await newTeam();
		expect(await raw(scope, timeoutsOf)).toEqual(timeouts.web);
		expect(await timeoutsOf(plainPool())).toEqual(timeouts.web);
	});

	test('of the queue is that of its role', async () => {
		const queue = postgres(process.env.QUEUE_DATABASE_URL!, { max: 1 });
		expect(await timeoutsOf(queue).finally(() => queue.end())).toEqual(timeouts.long);
	});

	test.each(['long', 'import', 'queued'] as TimeoutKind[])('%s lasts as long as its transaction', async (kind) => {
		const { scope } = await newTeam();
		const slower = withTimeouts(scope, kind);
		expect(await raw(slower, timeoutsOf)).toEqual(timeouts[kind]);
		expect(await slower.look((tx) => timeoutsOf(tx.$client))).toEqual(timeouts[kind]);
		expect(await plainPool().begin(timeoutsOf, kind)).toEqual(timeouts[kind]);
		expect(await raw(scope, timeoutsOf)).toEqual(timeouts.web);
		expect(await plainPool().begin(timeoutsOf)).toEqual(timeouts.web);
	});

	test('is another for what reads or writes a whole project', () => {
		const long = operations.filter(({ long }) => long).map(({ name }) => name);
		expect(long).toEqual(
			expect.arrayContaining([
				'splits.apply',
				'runs.start',
				'runs.preflight',
				'evaluations.create',
				'evaluations.createScoring'
			])
		);
		expect(long).not.toContain('ratings.rate');
	});
});

test('what works out a whole project between two statements has as long for it as for one', () => {
	const { statement_timeout, idle_in_transaction_session_timeout } = timeouts.long;
	expect(Number.parseInt(idle_in_transaction_session_timeout)).toBeGreaterThanOrEqual(
		Number.parseInt(statement_timeout)
	);
});

/** As the role's, in a time that a test can wait for. */
const shortly = (sql: postgres.ISql, setting: keyof typeof timeouts.web) =>
	sql`select set_config(${setting}, '50ms', true)`;

describe('ended is', () => {
	test('a frozen client in the middle of a transaction: what it held is free', async () => {
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const rename = (name: string) => (sql: postgres.ISql) =>
			sql`update projects set name = ${name} where id = ${project.id}`;
		const frozen = raw(scope, async (sql) => {
			const [row] = await sql`select pg_backend_pid() as pid`;
			await shortly(sql, 'idle_in_transaction_session_timeout');
			await rename('Frozen')(sql);
			while ((await owner`select from pg_stat_activity where pid = ${row!.pid}`).length > 0);
			await sql`select 1`;
		});
		await expect(frozen).rejects.toThrow(Unavailable);
		await expect(frozen).rejects.toThrow('nothing was saved');
		await raw(scope, rename('Alive'));
		expect(await scope.tx((tx) => tx.select({ name: projects.name }).from(projects))).toEqual([{ name: 'Alive' }]);
	});

	test('a statement that takes too long: a sentence, and not a bug', async () => {
		const { scope } = await newTeam();
		const slow = raw(scope, async (sql) => {
			await shortly(sql, 'statement_timeout');
			await sql`select pg_sleep(30)`;
		});
		await expect(slow).rejects.toMatchObject({
			status: 503,
			message: expect.stringContaining('took longer than it may')
		});
	});

	test('a transaction that never ends, however short each of its statements is', async () => {
		const { scope } = await newTeam();
		const endless = raw(scope, async (sql) => {
			await sql`set local transaction_timeout = 0`;
			await shortly(sql, 'transaction_timeout');
			for (;;) await sql`select pg_sleep(0.01)`;
		});
		await expect(endless).rejects.toMatchObject({ status: 503, code: 'unavailable' });
	});

	test('a wait for somebody else’s lock: a sentence, on a page and for a script', async () => {
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const held = await owner.reserve();
		await held`begin`;
		await held`select from projects where id = ${project.id} for update`;
		const problem = await scope
			.tx(async (tx) => {
				await shortly(tx.$client, 'lock_timeout');
				await tx.update(projects).set({ name: 'Another' });
			})
			.catch((thrown: unknown) => thrown);
		await held`rollback`;
		held.release();
		expect(problem).toBeInstanceOf(Unavailable);
		const event = {
			request: new Request('http://localhost/'),
			locals: { requestId: 'r' },
			route: { id: null },
			url: new URL('http://localhost/api')
		};
		const answer = answerThrown(event as never, problem, '');
		expect(answer.status).toBe(503);
		expect(await answer.text()).toContain('Somebody else is changing the same thing right now');
	});

	test('no longer work when a page would be', async () => {
		const { scope } = await newTeam();
		const login = decodeURIComponent(new URL(process.env.APP_DATABASE_URL!).username);
		const role = `alter role "${login}" in database ${new URL(process.env.DATABASE_URL!).pathname.slice(1)}`;
		await owner.unsafe(`${role} set transaction_timeout = '100ms'`);
		await closePools();
		try {
			const work = (sql: postgres.ISql) => sql`select pg_sleep(0.3), 'done' as state`;
			expect((await raw(withTimeouts(scope, 'long'), work))[0]!.state).toBe('done');
			await expect(raw(scope, work)).rejects.toThrow(Unavailable);
		} finally {
			await owner.unsafe(`${role} reset transaction_timeout`);
			await closePools();
		}
	});

	test('a single question outside any team that waits too long', async () => {
		await owner.unsafe(
			`create function public.slow() returns void language sql as 'select pg_sleep(30)'; grant execute on function public.slow() to public`
		);
		const login = decodeURIComponent(new URL(process.env.APP_DATABASE_URL!).username);
		await owner.unsafe(
			`alter role "${login}" in database ${new URL(process.env.DATABASE_URL!).pathname.slice(1)} set statement_timeout = '50ms'`
		);
		await closePools();
		await expect(plainPool()`select slow()`).rejects.toMatchObject({ status: 503, code: 'unavailable' });
		await owner.unsafe(
			`alter role "${login}" in database ${new URL(process.env.DATABASE_URL!).pathname.slice(1)} reset statement_timeout`
		);
		await closePools();
	});
});

describe('a login', () => {
	const name = `paced_${process.pid}`;
	const url = Object.assign(new URL(process.env.DATABASE_URL!), { username: name, password: 'secret' });
	afterAll(() => owner.unsafe(`drop role if exists ${name}`));

	test('that has limits of its operator keeps them, and gets those it lacks', async () => {
		await owner.unsafe(
			`create role ${name} login password 'secret' in role app; alter role ${name} set statement_timeout = '9s'`
		);
		await prepareLogin(owner, 'app', url);
		const here = postgres(url.href, { max: 1 });
		expect(await timeoutsOf(here)).toEqual({ ...timeouts.web, statement_timeout: '9s' });
		expect(await missingTimeouts(here, 'app')).toBeUndefined();
		await here.end();
	});

	test('writes down who waits for a lock, unless its operator has said otherwise', async () => {
		const logsWaits = async () => {
			const here = postgres(url.href, { max: 1 });
			const [row] = await here`select current_setting('log_lock_waits') as waits`;
			await here.end();
			return row!.waits;
		};
		expect(await logsWaits()).toBe('on');
		await owner.unsafe(`alter role ${name} set log_lock_waits = off`);
		await prepareLogin(owner, 'app', url);
		expect(await logsWaits()).toBe('off');
	});

	test('of the queue does not wait for the disk, unless its operator has said otherwise; one that serves does', async () => {
		// by the role: all of the tests' server does not wait
		const own = async (address: string) => {
			const here = postgres(address, { max: 1 });
			const [row] = await here`select coalesce(rolconfig, '{}') as set from pg_roles where rolname = current_user`;
			await here.end();
			return (row!.set as string[]).filter((each) => each.startsWith('synchronous_commit='));
		};
		expect(await own(process.env.QUEUE_DATABASE_URL!)).toEqual(['synchronous_commit=off']);
		expect(await own(process.env.APP_DATABASE_URL!)).toEqual([]);
		await owner.unsafe(`grant queue to ${name}; alter role ${name} set synchronous_commit = on`);
		await prepareLogin(owner, 'queue', url);
		expect(await own(url.href)).toEqual(['synchronous_commit=on']);
		await owner.unsafe(`revoke queue from ${name}`);
	});

	test('without limits is told by name, with the sentences that set them', async () => {
		await owner.unsafe(`alter role ${name} reset all`);
		const here = postgres(url.href, { max: 1 });
		const sentence = await missingTimeouts(here, 'app');
		await here.end();
		expect(sentence).toContain(`alter role "${name}" set lock_timeout = '2s';`);
		expect(sentence).toContain(`alter role "${name}" set idle_in_transaction_session_timeout = '15s';`);
		expect(sentence).toContain(`alter role "${name}" set transaction_timeout = '30s';`);
	});
});
