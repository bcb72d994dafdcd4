import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';

// What each role of the database was granted, from the catalogue: one privilege more than what is written here fails.

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

/** `schema.name` → privileges in alphabetical order, of everybody who was granted any, without the owner. */
const granted = async (role: string) => {
	const rows = await owner`
		select n.nspname || '.' || c.relname as name, string_agg(a.privilege_type, ' ' order by a.privilege_type) as may
		from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
		where a.grantee = ${role === 'public' ? 0 : owner`${role}::regrole`} and n.nspname !~ '^(pg_|information_schema)'
			and c.relkind in ('r', 'p', 'v', 'm')
		group by 1`;
	return Object.fromEntries(rows.map(({ name, may }) => [name as string, may as string]));
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

	test('has nothing of persons, their sessions, their mails and the limits', async () => {
		expect(await tablesOf('public', false)).toEqual([
			'public.people',
			'public.rate_limits',
			'public.sessions',
			'public.sign_ins'
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
		const rows = await owner`
			select a.grantee::regrole::text as role, d.defaclobjtype as kind, string_agg(a.privilege_type, ' ' order by a.privilege_type) as may
			from pg_default_acl d, aclexplode(d.defaclacl) a
			where d.defaclnamespace = 'pgboss'::regnamespace and a.grantee <> d.defaclrole
			group by 1, 2 order by 2`;
		expect(rows.map(({ role, kind, may }) => [role, kind, may])).toEqual([
			['queue', 'S', 'USAGE'],
			['queue', 'f', 'EXECUTE'],
			['queue', 'r', everything]
		]);
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
