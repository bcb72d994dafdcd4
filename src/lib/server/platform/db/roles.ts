import type postgres from 'postgres';

const humble = 'nosuperuser nobypassrls nocreatedb nocreaterole';

/**
 * Makes the role of `url` able to serve: exists, may log in, is a member of `app`. A role that exists keeps its
 * password unless its name is ours, `aitelier_app`, and the owner may change it. Throws a sentence when the owner may not create it. Returns the URL.
 */
export async function prepareServingRole(sql: postgres.Sql, url: URL): Promise<string> {
	const name = decodeURIComponent(url.username);
	const password = decodeURIComponent(url.password);
	if (!name || !password) throw new Error('APP_DATABASE_URL must contain a user and a password.');
	try {
		for (let attempt = 1; ; attempt++) {
			try {
				const [role] =
					await sql`select pg_has_role(rolname, 'app', 'usage') as member from pg_roles where rolname = ${name}`;
				if (!role) await run(sql, `create role %I login ${humble} password %L`, name, password);
				else if (name === 'aitelier_app')
					await run(sql, 'alter role %I login password %L', name, password).catch(unlessForbidden);
				if (!role?.member) await run(sql, 'grant app to %I', name);
				break;
			} catch (error) {
				// Roles belong to the whole server, our migration lock to one database: two databases may come here together
				if (attempt === 5 || !['XX000', '42710', '23505'].includes((error as { code: string }).code)) throw error;
				await new Promise((done) => setTimeout(done, attempt * 50));
			}
		}
	} catch (error) {
		throw new Error(
			`The role "${name}" of APP_DATABASE_URL is not ready to serve, and the role of DATABASE_URL may not change that (${(error as Error).message}). As a superuser: create role ${name} login password '…'; grant app to ${name};`,
			{ cause: error }
		);
	}
	return url.href;
}

/** Somebody else made the role: then the password in the URL is theirs, and logging in will tell. */
function unlessForbidden(error: { code?: string }) {
	if (error.code !== '42501') throw error;
}

/** Statements about roles take no parameters: Postgres itself does the quoting. */
async function run(sql: postgres.Sql, template: string, ...values: string[]) {
	const [row] = await sql`select format(${template}, variadic ${values}::text[]) as statement`;
	await sql.unsafe(row!.statement as string);
}

/**
 * Refuses to serve with a role that row level security does not bind: superuser, BYPASSRLS, an owner of tables, or a
 * member of one of those (access/README: three roles of the database). Throws a sentence that says what to change.
 */
export async function assertServingRole(sql: postgres.ISql): Promise<void> {
	const [role] = await sql<{ name: string; above: string | null; owned: string | null }[]>`
		select current_user as name,
			(select min(rolname) from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')) as above,
			(select min(c.oid::regclass::text) from pg_class c
				where c.relkind in ('r', 'p', 'v', 'm') and pg_has_role(current_user, c.relowner, 'member')
					and c.relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%')) as owned`;
	const reason = role!.above
		? `is, or may become, "${role!.above}", whom row level security does not bind`
		: role!.owned
			? `owns the table ${role!.owned}, and row level security does not bind owners`
			: undefined;
	if (reason)
		throw new Error(
			`The server refuses to serve as "${role!.name}": this role ${reason}. Put a plain login role that is a member of "app" into APP_DATABASE_URL; DATABASE_URL is for the owner.`
		);
}
