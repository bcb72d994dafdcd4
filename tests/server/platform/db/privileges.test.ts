import { randomBytes } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../../src/lib/server/platform/db/migrate.ts';
import { migrateUpTo } from '../../../support/database/earlier-state.ts';
import { owner } from '../../../support/database/owner.ts';

// What each role of the database was granted, from the catalogue: one privilege more than what is written here fails.

/** What a role was granted: `schema.table` → privileges in alphabetical order; columns that were granted alone as `schema.table.column`. */
const granted = async (role: string, sql: postgres.Sql = owner) => {
	const grantee = role === 'public' ? sql`0` : sql`${role}::regrole`;
	const rows = await sql`
		with relation as (
			select c.oid, n.nspname || '.' || c.relname as name, c.relacl as acl
			from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p', 'v', 'm')
		), granted as (
			select name, acl from relation
			union all select name || '.' || attname, attacl from relation join pg_attribute on attrelid = relation.oid
		)
		select name, string_agg(a.privilege_type, ' ' order by a.privilege_type) as may
		from granted, aclexplode(acl) a where a.grantee = ${grantee} group by 1`;
	return Object.fromEntries(rows.map(({ name, may }) => [name as string, may as string]));
};

/** What a role will get of what is made later in the schema of the queue. */
const laterGranted = async (role: string, sql: postgres.Sql = owner) => {
	const rows = await sql`
		select d.defaclobjtype as kind, string_agg(a.privilege_type, ' ' order by a.privilege_type) as may
		from pg_default_acl d, aclexplode(d.defaclacl) a
		where d.defaclnamespace = 'pgboss'::regnamespace and a.grantee = ${role}::regrole group by 1`;
	return Object.fromEntries(rows.map(({ kind, may }) => [kind as string, may as string]));
};

const tablesOf = async (schema: string, withTeam?: boolean) =>
	(
		await owner`
			select c.relname as name from pg_class c
			where c.relkind in ('r', 'p') and c.relnamespace = ${schema}::regnamespace
				and (${withTeam ?? null}::boolean is null or c.relrowsecurity = ${withTeam ?? null}::boolean)
			order by 1`
	).map(({ name }) => `${schema}.${name}`);

const everything = 'DELETE INSERT SELECT UPDATE';

describe('the role that serves', () => {
	test('has the tables of teams, which policies guard, and no other', async () => {
		const own = await tablesOf('public', true);
		expect(own.length).toBeGreaterThan(20);
		expect(await granted('app')).toEqual(Object.fromEntries(own.map((name) => [name, everything])));
	});

	test('has nothing of persons, their sessions, their mails, programs that ask for a token, and the limits', async () => {
		expect(await tablesOf('public', false)).toEqual([
			'public.buckets',
			'public.device_requests',
			'public.people',
			'public.rate_limits',
			'public.sessions',
			'public.sign_ins'
		]);
	});

	test('calls the functions that see past the policies, those that policies ask, deeds that policies bind, and no other', async () => {
		const rows = await owner`
			select p.proname as name from pg_proc p
			where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype and
				has_function_privilege('app', p.oid, 'execute') <> p.prosecdef
			order by 1`;
		expect(rows.map(({ name }) => name)).toEqual([
			'add_remark',
			'app_all_projects',
			'app_project_ids',
			'app_voter',
			'cast_vote',
			'drawn_measures',
			'history_of',
			'hold_example', // as the version before calls it
			'latest_votes',
			'learnt_among',
			'learnt_by',
			'longest_rewrites',
			'measured_among',
			'new_id',
			'own_score',
			'rate_example',
			'sent_among',
			'text_mark',
			'vote_counts',
			'voters_of',
			'what_counts'
		]);
	});

	test('does not enter the schema of the queue', async () => {
		const [may] = await owner`
			select has_schema_privilege('app', 'pgboss', 'usage') as usage, has_schema_privilege('app', 'pgboss', 'create') as make`;
		expect(may).toEqual({ usage: false, make: false });
	});
});

describe('the role of the queue', () => {
	test('works the tables of pg-boss, and none of ours', async () => {
		const tables = await tablesOf('pgboss');
		expect(tables).toContain('pgboss.job');
		expect(await granted('queue')).toEqual(Object.fromEntries(tables.map((name) => [name, everything])));
	});

	test('makes nothing there, and calls no function of ours', async () => {
		const [may] = await owner`
			select has_schema_privilege('queue', 'pgboss', 'create') as make,
				array(select p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace
					and has_function_privilege('queue', p.oid, 'execute')) as calls`;
		expect(may).toEqual({ make: false, calls: [] });
	});

	test('gets what a later version of pg-boss adds, and the role that serves does not', async () => {
		expect(await laterGranted('queue')).toEqual({ S: 'USAGE', f: 'EXECUTE', r: everything });
		expect(await laterGranted('app')).toEqual({});
	});
});

test('what everybody may is nothing', async () => {
	expect(await granted('public')).toEqual({});
	const callable = await owner`
		select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and (
			p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))`;
	expect(callable).toEqual([]);
});

test('the two groups have no member in common, and neither is the other’s', async () => {
	const rows = await owner`
		select r.rolname from pg_roles r
		where not r.rolsuper and pg_has_role(r.oid, 'app', 'member') and pg_has_role(r.oid, 'queue', 'member')`;
	expect(rows).toEqual([]);
});

test('a database of an earlier version, whose one role had all of this, comes to the same', async () => {
	const name = `aitelier_privileges_${randomBytes(4).toString('hex')}`;
	const at = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
	const [ownerUrl, appUrl, queueUrl] = [
		process.env.DATABASE_URL!,
		process.env.APP_DATABASE_URL!,
		process.env.QUEUE_DATABASE_URL!
	].map(at);
	await owner`create database ${owner(name)}`;
	const sql = postgres(ownerUrl!, { max: 1, onnotice: () => {} });
	try {
		await migrateUpTo(sql, '0010');
		const boss = new PgBoss({ connectionString: ownerUrl!, supervise: false, schedule: false });
		await boss.start();
		await boss.stop({ graceful: false });
		await sql.unsafe(`
			grant usage on schema pgboss to app;
			grant select, insert, update, delete on all tables in schema pgboss to app;
			grant usage on all sequences in schema pgboss to app;
			grant execute on all functions in schema pgboss to app;
			alter default privileges in schema pgboss grant select, insert, update, delete on tables to app;
			alter default privileges in schema pgboss grant usage on sequences to app;
			alter default privileges in schema pgboss grant execute on functions to app;
		`);
		expect(await granted('app', sql)).toMatchObject({ 'public.sessions': everything, 'pgboss.job': everything });
		await migrate({ ownerUrl: ownerUrl!, appUrl, queueUrl });
		for (const role of ['app', 'queue']) {
			expect(await granted(role, sql)).toEqual(await granted(role));
			expect(await laterGranted(role, sql)).toEqual(await laterGranted(role));
		}
		const [may] = await sql`
			select has_schema_privilege('app', 'pgboss', 'usage') as enters,
				exists (select from pg_proc p where p.pronamespace = 'pgboss'::regnamespace and has_function_privilege('app', p.oid, 'execute')) as calls`;
		expect(may).toEqual({ enters: false, calls: false });
	} finally {
		await sql.end();
		await owner`drop database ${owner(name)} with (force)`;
	}
});
