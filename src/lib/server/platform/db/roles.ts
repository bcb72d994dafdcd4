import type postgres from 'postgres';
import { type TimeoutKind, timeouts } from './timeouts.ts';

/** The two groups that the server logs in for (drizzle/roles.sql): the role we make when none is configured, and what it is for. */
export const groups = {
	app: { login: 'aitelier_app', variable: 'APP_DATABASE_URL', does: 'serve', kind: 'web' },
	queue: { login: 'aitelier_queue', variable: 'QUEUE_DATABASE_URL', does: 'work on jobs', kind: 'long' }
} as const;
export type Group = keyof typeof groups;

const humble = 'nosuperuser nobypassrls nocreatedb nocreaterole';

/**
 * Makes the role of `url` able to do its work: exists, may log in, is a member of the group. A role that exists keeps its
 * password unless its name is the one we give, and the owner may change it. Throws a sentence when the owner may not create it. Returns the URL.
 */
export async function prepareLogin(sql: postgres.Sql, group: Group, url: URL): Promise<string> {
	const { login, variable, does, kind } = groups[group];
	const name = decodeURIComponent(url.username);
	const password = decodeURIComponent(url.password);
	if (!name || !password) throw new Error(`${variable} must contain a user and a password.`);
	try {
		for (let attempt = 1; ; attempt++) {
			try {
				const [role] =
					await sql`select pg_has_role(rolname, ${group}, 'usage') as member from pg_roles where rolname = ${name}`;
				if (!role) await run(sql, `create role %I login ${humble} password %L`, name, password);
				else if (name === login)
					await run(sql, 'alter role %I login password %L', name, password).catch(unlessForbidden);
				if (!role?.member) await run(sql, 'grant %I to %I', group, name);
				await setRoleTimeouts(sql, name, kind).catch(unlessForbidden); // then the server says so when it starts
				await setOnce(sql, name, 'log_lock_waits', 'on').catch(unlessForbidden);
				if (group === 'queue') await setOnce(sql, name, 'synchronous_commit', 'off').catch(unlessForbidden);
				break;
			} catch (error) {
				// Roles belong to the whole server, our migration lock to one database: two databases may come here together
				if (attempt === 5 || !['XX000', '42710', '23505'].includes((error as { code: string }).code)) throw error;
				await new Promise((done) => setTimeout(done, attempt * 50));
			}
		}
	} catch (error) {
		throw new Error(
			`The role "${name}" of ${variable} is not ready to ${does}, and the role of DATABASE_URL may not change that (${(error as Error).message}). As a superuser: create role ${name} login password '…'; grant ${group} to ${name};`,
			{ cause: error }
		);
	}
	return url.href;
}

/** What no server of ours and no operator has set for the role yet: a limit that somebody chose stays. What an older Postgres does not know is left out. */
async function setRoleTimeouts(sql: postgres.Sql, name: string, kind: TimeoutKind) {
	const limits = Object.entries(timeouts[kind]);
	const [role] = await sql<{ own: string[] | null; known: string[] }[]>`
		select rolconfig as own, array(
			select s from unnest(${limits.map(([setting]) => setting)}::text[]) s where current_setting(s, true) is not null) as known
		from pg_roles where rolname = ${name}`;
	const { own, known } = role!;
	for (const [setting, value] of limits)
		if (known.includes(setting) && !own?.some((each) => each.startsWith(`${setting}=`)))
			await run(sql, 'alter role %I set %I = %L', name, setting, value);
}

/**
 * Where nobody has said anything else. Of both roles, who has waited for a lock for a second stands in the log of the database, with whom it waited
 * for: only a superuser may say so. And the queue does not wait for the disk: that a job was fetched, or is done, may be forgotten when the machine
 * fails, since it may run twice in any case (jobs/README: JQ2). What wants a job is written by `app`, with its job, and waits.
 */
async function setOnce(sql: postgres.Sql, name: string, setting: string, value: string) {
	const [role] = await sql<{ said: boolean }[]>`
		select exists (select from unnest(rolconfig) own where own like ${`${setting}=%`}) as said from pg_roles where rolname = ${name}`;
	if (!role!.said) await run(sql, 'alter role %I set %I = %L', name, setting, value);
}

/**
 * The limits that a role should have and has not, as the sentence that sets them: a statement, a wait for a lock and an idle
 * transaction of it would never end. undefined when all is well.
 */
export async function missingTimeouts(sql: postgres.ISql, group: Group): Promise<string | undefined> {
	const limits = Object.entries(timeouts[groups[group].kind]);
	const [role] = await sql<{ name: string; endless: string[] }[]>`
		select current_user as name, array(
			select s from unnest(${limits.map(([setting]) => setting)}::text[]) s where current_setting(s, true) = '0') as endless`;
	const missing = limits.filter(([setting]) => role!.endless.includes(setting));
	if (missing.length === 0) return undefined;
	const statements = missing.map(([setting, value]) => `alter role "${role!.name}" set ${setting} = '${value}';`);
	return `The role "${role!.name}" has no limits, and a query that never ends would hold up others. As a superuser: ${statements.join(' ')}`;
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
 * Refuses to work with a role that row level security does not bind: superuser, BYPASSRLS, an owner of tables, or a
 * member of one of those; and with one that is in both groups (access/README: three roles of the database). Throws a sentence
 * that says what to change.
 */
export async function assertLogin(sql: postgres.ISql, group: Group): Promise<void> {
	const other = group === 'app' ? 'queue' : 'app';
	const [role] = await sql<{ name: string; above: string | null; owned: string | null; both: boolean }[]>`
		select current_user as name, pg_has_role(current_user, ${other}, 'member') as both,
			(select min(rolname) from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')) as above,
			(select min(c.oid::regclass::text) from pg_class c
				where c.relkind in ('r', 'p', 'v', 'm') and pg_has_role(current_user, c.relowner, 'member')
					and c.relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%')) as owned`;
	const reason = role!.above
		? `is, or may become, "${role!.above}", whom row level security does not bind`
		: role!.owned
			? `owns the table ${role!.owned}, and row level security does not bind owners`
			: role!.both
				? `is a member of "${other}" too, and pages and the queue do not share what they may`
				: undefined;
	const { variable, does } = groups[group];
	if (reason)
		throw new Error(
			`The server refuses to ${does} as "${role!.name}": this role ${reason}. Put a plain login role that is a member of "${group}" into ${variable}; DATABASE_URL is for the owner.`
		);
}
