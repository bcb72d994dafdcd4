import type postgres from 'postgres';

/** The place of an audit entry follows from the entry, and comes a moment after it (drizzle/functions/audit.sql). */
const follows = 'audit_links';

/** For each table with this column, once per test file, what gives the number of its rows and a sum over all they say, in any order. */
const digests = new Map<string, Promise<string>>();
const digestsWith = (owner: postgres.Sql, column: 'team_id' | 'project_id') => {
	const write = async () => {
		const tables = await owner`
			select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
			where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = ${column} and not a.attisdropped
				and c.relname <> ${follows}`;
		return tables.map(({ name }) => digestOf(`${name}`, `"${name}" t where ${column} = $1`)).join(' union all ');
	};
	if (!digests.has(column)) digests.set(column, write());
	return digests.get(column)!;
};
const digestOf = (name: string, rows: string) =>
	`select '${name}' as name, count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) as sum from ${rows}`;

const ask = async (owner: postgres.Sql, parts: string[], id: string): Promise<Record<string, string>> => {
	const rows = await owner.unsafe(parts.join(' union all '), [id], { prepare: true });
	return Object.fromEntries(rows.map(({ name, sum }) => [name as string, sum as string]));
};

/** Rows and a digest for each table of one team: two of these are equal when nothing of the team has changed, and else differ. */
export const checksumOf = async (owner: postgres.Sql, teamId: string): Promise<Record<string, string>> => {
	const people = digestOf('people', 'people t join members m on m.person_id = t.id where m.team_id = $1');
	const parts = [await digestsWith(owner, 'team_id'), people, digestOf('teams', 'teams t where id = $1')];
	return ask(owner, parts, teamId);
};

/** The same of one project. */
export const checksumOfProject = async (owner: postgres.Sql, projectId: string): Promise<Record<string, string>> => {
	const parts = [await digestsWith(owner, 'project_id'), digestOf('projects', 'projects t where id = $1')];
	return ask(owner, parts, projectId);
};
