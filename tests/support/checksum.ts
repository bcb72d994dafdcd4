import type postgres from 'postgres';

/** The place of an audit entry follows from the entry, and comes a moment after it (drizzle/functions/audit.sql). */
const follows = 'audit_links';

const tablesWith = async (owner: postgres.Sql, column: string) =>
	(
		await owner`
			select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
			where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = ${column} and not a.attisdropped
				and c.relname <> ${follows}
			order by 1`
	).map((row) => row.name as string);

/** Rows and a digest for each table of one team: two of these are equal exactly when nothing of the team has changed. */
export const checksumOf = async (owner: postgres.Sql, teamId: string): Promise<Record<string, string>> => {
	const found: Record<string, string> = {};
	for (const table of await tablesWith(owner, 'team_id')) {
		const [row] = await owner`
			select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
			from ${owner(table)} t where team_id = ${teamId}`;
		found[table] = row!.sum as string;
	}
	const [people] = await owner`
		select md5(string_agg(p::text, '|' order by p::text)) as sum from people p join members m on m.person_id = p.id
		where m.team_id = ${teamId}`;
	const [team] = await owner`select t::text as sum from teams t where id = ${teamId}`;
	return { ...found, people: people!.sum as string, teams: team!.sum as string };
};

/** The same of one project. */
export const checksumOfProject = async (owner: postgres.Sql, projectId: string): Promise<Record<string, string>> => {
	const found: Record<string, string> = {};
	for (const table of await tablesWith(owner, 'project_id')) {
		const [row] = await owner`
			select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
			from ${owner(table)} t where project_id = ${projectId}`;
		found[table] = row!.sum as string;
	}
	const [project] = await owner`select p::text as sum from projects p where id = ${projectId}`;
	return { ...found, projects: project!.sum as string };
};
