import type postgres from 'postgres';
import { newSession } from '../support/data/session.ts';

const usual = 20_000;
/** So many are named, however many there are. */
const rated = 20_000;

/**
 * A team of raters and one project, by plain SQL and only with columns that migration 0008 has: the same rows come to be in
 * every later version, which fills its newer columns by itself. Who comes first owns the team and rates nothing over HTTP.
 */
export const seedRatings = async (sql: postgres.Sql, raters: number, examples = usual) => {
	const [team] = await sql`insert into teams (name, slug) values ('Raters', 'raters') returning id, slug`;
	const people = await sql`insert into people (email, name)
		select 'rater-' || n || '@bench.example.com', 'Rater ' || n from generate_series(0, ${raters}) n
		returning id`;
	const sessions: string[] = [];
	for (const [index, { id }] of people.entries()) {
		await sql`insert into members (team_id, person_id, role)
			values (${team!.id}, ${id}, ${index === 0 ? 'owner' : 'rater'})`;
		sessions.push(await newSession(sql, id as string));
	}
	const [project] = await sql`insert into projects (team_id, slug, name, base_model, recipe, next_example)
		values (${team!.id}, 'support', 'Support', 'sandbox-small', '{}'::json, ${examples + 1}) returning id, slug`;
	await sql`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${team!.id}, ${project!.id}, n,
			json_build_array(
				json_build_object('role', 'user', 'content', 'Where is the missing part of order ' || n || '?'),
				json_build_object('role', 'assistant', 'content', 'On order ' || n || ': ' || repeat('We send it today, free of charge. ', 12))),
			sha256(('content ' || n)::bytea), sha256(('prompt ' || n)::bytea), 150, 'import'
		from generate_series(1, ${examples}) n`;
	await sql`vacuum analyze`;
	const named = await sql`select id from examples where project_id = ${project!.id} order by number limit ${rated}`;
	return {
		team: team!.id as string,
		projectId: project!.id as string,
		owner: people[0]!.id as string,
		/** The first who rates. */
		rater: people[1]!.id as string,
		sessions,
		examples: named.map(({ id }) => id as string),
		events: `/${team!.slug}/events`,
		project: `/${team!.slug}/${project!.slug}`,
		page: `/${team!.slug}/${project!.slug}/rate`
	};
};
