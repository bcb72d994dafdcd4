import type postgres from 'postgres';
import type { World } from '../support/data/world.ts';

const neighbours = 1_000;
const perNeighbour = 100;
/** Of each neighbour, and of the large project, which has more of everything. */
const few = { pairs: 20, prompts: 20 };
const many = { pairs: 2_000, prompts: 5_000 };

/**
 * A thousand teams beside this world, with a project each that has something in every table of a project, and a million examples in the
 * world's own: as they would stand there after a while. Nothing asks what triggers would have said.
 */
export const seedPlans = async (owner: postgres.Sql, w: World, examples: number) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into teams (name, slug) select 'Neighbour', 'neighbour-' || n from generate_series(1, ${neighbours}) n`;
		await sql`insert into people (email, name) select 'n' || n || '@neighbour.example', 'Neighbour' from generate_series(1, ${neighbours}) n`;
		await sql`insert into members (team_id, person_id, role)
			select t.id, p.id, 'owner' from teams t join people p on p.email = replace(t.slug, 'eighbour-', '') || '@neighbour.example'`;
		await sql`insert into connections (team_id, provider, name, status) select id, 'sandbox', 'Sandbox', 'ok' from teams where slug like 'neighbour-%'`;
		await sql`insert into projects (team_id, slug, name, base_model, recipe, connection_id)
			select c.team_id, 'one', 'One', 'sandbox-small', '{}', c.id from connections c join teams t on t.id = c.team_id where t.slug like 'neighbour-%'`;
		const theirs = (await sql`select id from projects where slug = 'one'`).map(({ id }) => id as string);
		const [{ next }] = (await sql`select next_example as next from projects where id = ${w.projectId}`) as unknown as [
			{ next: number }
		];
		await addExamples(sql, theirs, 1, perNeighbour);
		await addExamples(sql, [w.projectId], next, examples);
		await sql`insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, job_id, model,
				train_count, validation_count, tokens, estimate_cents, steps_done, steps_total)
			select team_id, id, 1, connection_id, base_model, recipe, 1, 'ready', gen_random_uuid()::text, 'ft', 'm', 100, 20, 1000, 1, 1, 1
			from projects where id = any (${theirs}::uuid[])`;
		await addOfProject(sql, theirs, few);
		await addOfProject(sql, [w.projectId], many, w);
		await sql`update projects p set next_example = 1 + (select max(number) from examples e where e.project_id = p.id), next_run = greatest(next_run, 2),
			next_prompt = 1 + coalesce((select max(number) from prompts e where e.project_id = p.id), 0)`;
		await sql`select recount_examples()`;
	});
	await owner`vacuum analyze`;
};

/** Half of them rated, by one or two people; three fifths in train and three twentieths in validation; every fiftieth is rewritten. */
const addExamples = async (sql: postgres.TransactionSql, projects: string[], from: number, count: number) => {
	await sql`
		insert into examples (team_id, project_id, number, messages, rewrite, content_hash, prompt_hash, family, tokens, rating, ratings_count, split, origin)
		select p.team_id, p.id, n, json_build_array(json_build_object('role', 'user', 'content', 'Where is order ' || n || '?'),
				json_build_object('role', 'assistant', 'content', 'We send part ' || n || ' of it today.')),
			case when n % 50 = 0 then 'It comes on day ' || n end,
			sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')),
			case when n % 10 = 0 then sha256(convert_to('p' || n / 100, 'UTF8')) end,
			20, case when n % 2 = 0 then 1 + n * 7 % 10 end, case when n % 20 = 0 then 2 when n % 2 = 0 then 1 else 0 end,
			case when n % 20 < 12 then 'train' when n % 20 < 15 then 'validation' end, 'import'
		from projects p cross join generate_series(${from}::int, ${from + count - 1}::int) n where p.id = any (${projects}::uuid[])`;
	for (const every of [2, 20])
		await sql`
			insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
			select e.team_id, e.project_id, e.id, m.person_id, 1 + e.number * 7 % 10, text_mark(e.rewrite), gen_random_uuid()
			from examples e join lateral (
				select person_id from members where team_id = e.team_id order by role, person_id offset ${every === 2 ? 0 : 1} limit 1
			) m on true
			where e.project_id = any (${projects}::uuid[]) and e.number >= ${from} and e.number % ${every} = 0`;
	await sql`
		insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
		select e.team_id, e.project_id, e.id, m.person_id, e.rewrite, gen_random_uuid()
		from examples e join lateral (select person_id from members where team_id = e.team_id order by role limit 1) m on true
		where e.project_id = any (${projects}::uuid[]) and e.number >= ${from} and e.rewrite is not null`;
};

/** What a run has learnt, a comparison with its answers, ballots and votes, a pool of prompts, and what was written down of it all. */
export const addOfProject = async (
	sql: postgres.TransactionSql,
	projects: string[],
	{ pairs, prompts }: { pairs: number; prompts: number },
	w?: World
) => {
	await sql`
		insert into run_examples (team_id, project_id, run_id, example_id, kind)
		select e.team_id, e.project_id, r.id, e.id, e.split
		from runs r join examples e on e.project_id = r.project_id
		where r.project_id = any (${projects}::uuid[]) and r.version = 1 and e.split is not null and e.number % 4 < 2
		on conflict do nothing`;
	await sql`
		insert into run_prompts (team_id, project_id, run_id, prompt_hash)
		select distinct m.team_id, m.project_id, m.run_id, e.prompt_hash
		from run_examples m join examples e on e.team_id = m.team_id and e.id = m.example_id
		where m.project_id = any (${projects}::uuid[]) and m.kind = 'train'
		on conflict do nothing`;
	await sql`update runs set hashed = true where project_id = any (${projects}::uuid[]) and version = 1`;
	await sql`analyze examples, run_examples`;
	await sql`update examples e set trained = true from run_examples l where l.example_id = e.id and l.kind = 'train' and e.project_id = any (${projects}::uuid[])`;
	if (!w)
		await sql`
			insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned, temperature,
				max_tokens, seed, status)
			select r.team_id, r.project_id, 1, 'v1 against base', r.id, r.connection_id, r.base_model, '', ${pairs}, 0, 512, 1, 'voting'
			from runs r where r.project_id = any (${projects}::uuid[])`;
	await sql`
		insert into pairings (team_id, project_id, evaluation_id, example_id, position, prompt, reference)
		select v.team_id, v.project_id, v.id, e.id, 99 + row_number() over (partition by v.id order by e.number), json_build_array(e.messages -> 0), 'An answer'
		from evaluations v join lateral (
			select id, number, messages from examples where project_id = v.project_id and split = 'validation' order by number offset 50 limit ${pairs}
		) e on true
		where v.project_id = any (${projects}::uuid[]) and v.status = 'voting'`;
	await sql`
		insert into outputs (team_id, project_id, evaluation_id, pairing_id, contender, text, finish_reason, prompt_tokens, completion_tokens, latency_ms)
		select team_id, project_id, evaluation_id, id, contender, 'We send it today, says ' || contender, 'stop', 30, 20, 900
		from pairings cross join (values ('a'), ('b')) both_of (contender) where project_id = any (${projects}::uuid[]) and position > 99`;
	await sql`
		insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, position, swapped)
		select g.team_id, g.project_id, g.evaluation_id, g.id, m.person_id, g.position, g.position % 2 = 0
		from pairings g join members m on m.team_id = g.team_id where g.project_id = any (${projects}::uuid[]) and g.position > 99`;
	await sql`
		insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
		select team_id, project_id, evaluation_id, pairing_id, id, person_id, case when position % 3 = 0 then 'tie' else 'first' end, gen_random_uuid()
		from ballots where project_id = any (${projects}::uuid[]) and position > 99 and position % 2 = 0`;
	await sql`
		insert into prompts (team_id, project_id, number, messages, prompt_hash, origin)
		select p.team_id, p.id, 10 + n, json_build_array(json_build_object('role', 'user', 'content', 'May I collect order ' || n || '?')),
			sha256(convert_to('q' || n, 'UTF8')), 'import'
		from projects p cross join generate_series(1, ${prompts}) n where p.id = any (${projects}::uuid[])`;
	await sql`
		insert into activities (team_id, project_id, person_id, event, subject, details)
		select p.team_id, p.id, m.person_id, 'ratings.given', '', '{}' from projects p
		join lateral (select person_id from members where team_id = p.team_id order by role limit 1) m on true
		cross join generate_series(1, ${pairs}) where p.id = any (${projects}::uuid[])`;
};
