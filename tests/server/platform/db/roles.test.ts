import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { assertLogin } from '../../../../src/lib/server/platform/db/roles.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
const app = postgres(process.env.APP_DATABASE_URL!, { max: 1 });
const suffix = process.pid;
afterAll(async () => {
	await owner.unsafe(`drop owned by strong_${suffix} cascade; drop role strong_${suffix}`).catch(() => {});
	await owner.end();
	await app.end();
});

const as = async (role: string, group: 'app' | 'queue' = 'app') => {
	const reserved = await owner.reserve();
	await reserved.unsafe(`set role ${role}`);
	try {
		await assertLogin(reserved, group);
	} finally {
		await reserved.unsafe('reset role');
		reserved.release();
	}
};

test('the role that migrate made may serve, also after it made a temporary table', async () => {
	await assertLogin(app, 'app');
	await app`create temporary table import_rows (line int)`;
	await assertLogin(app, 'app');
});

test('the owner may not serve', async () => {
	await expect(assertLogin(owner, 'app')).rejects.toThrow(/refuses to serve as/);
});

test('the role that migrate made may run the queue, the owner may not, nor one that serves as well', async () => {
	const queue = postgres(process.env.QUEUE_DATABASE_URL!, { max: 1 });
	await assertLogin(queue, 'queue').finally(() => queue.end());
	await expect(assertLogin(owner, 'queue')).rejects.toThrow(/refuses to work on jobs as .*QUEUE_DATABASE_URL/);
	await owner.unsafe(`create role strong_${suffix} in role app, queue`);
	await expect(as(`strong_${suffix}`)).rejects.toThrow(/is a member of "queue" too/);
	await expect(as(`strong_${suffix}`, 'queue')).rejects.toThrow(/is a member of "app" too/);
	await owner.unsafe(`drop role strong_${suffix}`);
});

test('BYPASSRLS, a table of its own, or membership in a stronger role are each refused', async () => {
	await owner.unsafe(`create role strong_${suffix} bypassrls`);
	await expect(as(`strong_${suffix}`)).rejects.toThrow(`"strong_${suffix}", whom row level security does not bind`);

	await owner.unsafe(`alter role strong_${suffix} nobypassrls; grant create on schema public to strong_${suffix}`);
	await as(`strong_${suffix}`);
	await owner.unsafe(`create table own_${suffix} (); alter table own_${suffix} owner to strong_${suffix}`);
	await expect(as(`strong_${suffix}`)).rejects.toThrow(`owns the table own_${suffix}`);

	const [{ boss } = { boss: '' }] = await owner<{ boss: string }[]>`select quote_ident(current_user) as boss`;
	await owner.unsafe(`drop table own_${suffix}; grant ${boss} to strong_${suffix}`);
	await expect(as(`strong_${suffix}`)).rejects.toThrow(/may become, "\w+"/);
});
