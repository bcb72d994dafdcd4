import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPlatform } from '../../../src/lib/server/platform/start.ts';

// What the file was given: a migrated database with an owner and a role that serves
const given = { ...process.env };
beforeEach(() => {
	process.env.SANDBOX_URL = 'http://127.0.0.1:9';
});
afterEach(async () => {
	for (const name of ['DATABASE_URL', 'APP_DATABASE_URL', 'QUEUE_DATABASE_URL', 'SANDBOX_URL', 'ORIGIN', 'ROLE']) {
		if (given[name]) process.env[name] = given[name];
		else delete process.env[name];
	}
	await (globalThis as { aitelierPlatform?: Promise<{ stop(): Promise<void> }> }).aitelierPlatform
		?.then((platform) => platform.stop())
		.catch(() => {});
});

test('what is configured is used as it is, once per process', async () => {
	const first = startPlatform();
	expect(startPlatform()).toBe(first);
	expect(await first).toMatchObject({
		ownerUrl: given.DATABASE_URL,
		appUrl: given.APP_DATABASE_URL,
		queueUrl: given.QUEUE_DATABASE_URL,
		sandboxUrl: 'http://127.0.0.1:9'
	});
});

test('the role that serves is made on the way, and children learn of it', async () => {
	delete process.env.APP_DATABASE_URL;
	const { appUrl } = await startPlatform();
	expect(new URL(appUrl).username).toBe('aitelier_app');
	expect(process.env.APP_DATABASE_URL).toBe(appUrl);
	const sql = postgres(appUrl, { max: 1 });
	const [row] = await sql`select pg_has_role(current_user, 'app', 'usage') as member`;
	await sql.end();
	expect(row!.member).toBe(true);
});

test('so is the role of the queue; both are refused when one role is to be both', async () => {
	delete process.env.QUEUE_DATABASE_URL;
	const { queueUrl, stop } = await startPlatform();
	expect(new URL(queueUrl!).username).toBe('aitelier_queue');
	expect(process.env.QUEUE_DATABASE_URL).toBe(queueUrl);
	const sql = postgres(queueUrl!, { max: 1 });
	const [row] = await sql`
		select pg_has_role(current_user, 'queue', 'usage') as queue, pg_has_role(current_user, 'app', 'usage') as app`;
	await sql.end();
	expect(row).toEqual({ queue: true, app: false });
	await stop();
	process.env.QUEUE_DATABASE_URL = given.APP_DATABASE_URL;
	await expect(startPlatform()).rejects.toThrow('APP_DATABASE_URL and QUEUE_DATABASE_URL');
});

test('it refuses to run the queue as the owner', async () => {
	process.env.QUEUE_DATABASE_URL = given.DATABASE_URL;
	await expect(startPlatform()).rejects.toThrow(/refuses to work on jobs as/);
});

test('without an owner it serves on tables of its own version or a later one, and on no older one', async () => {
	process.env.DATABASE_URL = '';
	const sql = postgres(given.DATABASE_URL!, { max: 1, onnotice: () => {} });
	const serves = async () => (await (await startPlatform()).stop(), true);
	const newest = `(select max(created_at) from drizzle.__drizzle_migrations)`;
	const older = 'The database is older than this version';
	try {
		expect(await serves()).toBe(true);
		await sql.unsafe(
			`update drizzle.__drizzle_migrations set created_at = created_at - 1 where created_at = ${newest}`
		);
		await expect(startPlatform()).rejects.toThrow(older);
		await sql.unsafe(
			`update drizzle.__drizzle_migrations set created_at = created_at + 2 where created_at = ${newest}`
		);
		expect(await serves()).toBe(true);
		// from before the question
		await sql`alter function newest_migration() rename to newest_away`;
		await expect(startPlatform()).rejects.toThrow(older);
	} finally {
		await sql`alter function newest_away() rename to newest_migration`.catch(() => {});
		await sql.unsafe(
			`update drizzle.__drizzle_migrations set created_at = created_at - 1 where created_at = ${newest}`
		);
		await sql.end();
	}
});

test('a missing role of APP_DATABASE_URL is made by an owner that may', async () => {
	const name = `aitelier_t${process.pid}`;
	const url = new URL(given.APP_DATABASE_URL!);
	[url.username, url.password] = [name, 'it%27s%20secret'];
	process.env.APP_DATABASE_URL = url.href;
	expect((await startPlatform()).appUrl).toBe(url.href);

	const owner = postgres(given.DATABASE_URL!, { max: 1, onnotice: () => {} });
	await owner.unsafe(`drop role ${name}`);
	await owner.end();
});

test('it refuses to serve as the owner, and can be tried again', async () => {
	process.env.APP_DATABASE_URL = given.DATABASE_URL;
	await expect(startPlatform()).rejects.toThrow(/refuses to serve as/);
	process.env.APP_DATABASE_URL = given.APP_DATABASE_URL;
	expect((await startPlatform()).appUrl).toBe(given.APP_DATABASE_URL);
});

test('a database that says no is a sentence with its name and without its password', async () => {
	const url = new URL(given.DATABASE_URL!);
	url.password = 'wrong-password';
	process.env.DATABASE_URL = url.href;
	const problem = await startPlatform().catch((error: Error) => error.message);
	expect(problem).toMatch(/does not let us in: password authentication failed.*Check DATABASE_URL/);
	expect(problem).not.toContain('wrong-password');
});

test('a configuration error comes before anything is started', async () => {
	process.env.ROLE = 'boss';
	await expect(startPlatform()).rejects.toMatchObject({ name: 'ConfigError', exitCode: 78 });
});
