import { createHash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';

const examples = 5_000;
const many = 50_000;
const validation = 1_000;
const runs = 12;
const learntByRun = 1_000;

/** The text of an answer, as long as people's are: about 550 characters. */
const words = `'Thank you for writing to us about order ' || n || '. ' || repeat('We have looked at it and will send the missing part today, free of charge. ', 7)`;
/** A model's, about 800. */
const longWords = `'Hello, and thank you for your patience with case ' || position || '. ' || repeat('We are sorry that this went wrong and will put it right for you this week. ', 10)`;

/**
 * A team with one full project, by plain SQL and only with columns that migration 0007 has: the same rows come to be in every
 * later version, which fills its newer columns by itself. Returns the addresses to ask for and the owner's session.
 */
export const seedPages = async (sql: postgres.Sql) => {
	const [team] = await sql`insert into teams (name, slug) values ('Moss & Ladle', 'moss-ladle') returning id, slug`;
	const people = await sql`insert into people (email, name)
		values ('ana@pages.example.com', 'Ana'), ('rita@pages.example.com', 'Rita') returning id`;
	const [owner, rater] = people.map(({ id }) => id as string) as [string, string];
	await sql`insert into members (team_id, person_id, role)
		values (${team!.id}, ${owner}, 'owner'), (${team!.id}, ${rater}, 'rater')`;
	const session = randomBytes(32).toString('base64url');
	await sql`insert into sessions (id_hash, person_id, expires_at)
		values (${createHash('sha256').update(session).digest()}, ${owner}, now() + interval '1 day')`;

	const [connection] = await sql`insert into connections (team_id, provider, name, status, training)
		values (${team!.id}, 'sandbox', 'Sandbox', 'ok', 'open') returning id`;
	const recipe =
		'{"epochs":3,"batchSize":4,"learningRate":0.00001,"loraRank":16,"loraAlpha":32,"loraDropout":0.05,"warmupRatio":0}';
	const [project] = await sql`
		insert into projects (team_id, slug, name, connection_id, base_model, system_prompt, recipe, next_example, next_run, next_evaluation)
		values (${team!.id}, 'support', 'Support', ${connection!.id}, 'sandbox-small', 'Be kind.', ${recipe}::text::json,
			${examples + 1}, ${runs + 1}, ${evaluations.length + 1})
		returning id, slug`;
	const place = { sql, team: team!.id as string, project: project!.id as string, people: [owner, rater] };

	await addExamples(place);
	const [large] = await sql`
		insert into projects (team_id, slug, name, connection_id, base_model, system_prompt, recipe, next_example)
		values (${team!.id}, 'large', 'Large', ${connection!.id}, 'sandbox-small', 'Be kind.', ${recipe}::text::json, ${many + 1})
		returning id, slug`;
	await addExamples({ ...place, project: large!.id as string }, many);
	await addRuns(place, connection!.id, recipe);
	for (const [index, evaluation] of evaluations.entries())
		await addEvaluation(place, connection!.id, index + 1, evaluation);
	await sql`vacuum analyze`;

	const [big] = await sql`select id from evaluations where planned = ${validation}`;
	const at = `/${team!.slug}/${project!.slug}`;
	return {
		session,
		dashboard: at,
		results: `${at}/eval/${big!.id}/results`,
		list: `${at}/eval`,
		examples: `/${team!.slug}/${large!.slug}/examples`,
		shell: `/${team!.slug}/settings`
	};
};

type Place = { sql: postgres.Sql; team: string; project: string; people: string[] };

/** Every fifth is for validation; nine of ten have the score of both people. */
const addExamples = async ({ sql, team, project, people }: Place, count = examples) => {
	await sql.unsafe(
		`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, split, origin)
		select $1, $2, n,
			json_build_array(
				json_build_object('role', 'user', 'content', 'Where is the missing part of order ' || n || '?'),
				json_build_object('role', 'assistant', 'content', ${words})),
			sha256(('content ' || n)::bytea), sha256(('prompt ' || n)::bytea), 150,
			case when n % 5 = 0 then 'validation' else 'train' end, 'import'
		from generate_series(1, ${count}) n`,
		[team, project]
	);
	for (const [index, person] of people.entries())
		await sql`insert into ratings (team_id, project_id, example_id, person_id, score, client_id)
			select team_id, project_id, id, ${person}, 1 + (number * 7 + ${index * 3}) % 10, gen_random_uuid()
			from examples where project_id = ${project} and number % 10 <> 1 order by number`;
};

/** Ready ones, each with the thousand examples it learnt from and the file it sent. */
const addRuns = async ({ sql, team, project }: Place, connection: string, recipe: string) => {
	await sql`
		insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, job_id, model,
			train_count, validation_count, tokens, estimate_cents, cost_cents, steps_done, steps_total, submitted_at, started_at, finished_at)
		select ${team}, ${project}, n, ${connection}, 'sandbox-small', ${recipe}::text::json, n, 'ready', gen_random_uuid()::text,
			'ft-' || n, 'moss/sandbox-small:zebra-' || n, ${learntByRun}, ${validation}, 150000, 400, 400, 750, 750,
			now() - interval '2 hours', now() - interval '2 hours', now() - interval '1 hour'
		from generate_series(1, ${runs}) n`;
	await sql`
		insert into run_examples (team_id, project_id, run_id, example_id, kind)
		select r.team_id, r.project_id, r.id, e.id, 'train'
		from runs r cross join lateral (
			select id from examples where project_id = r.project_id and split = 'train' and number > r.version * 200
			order by number limit ${learntByRun}
		) e
		where r.project_id = ${project}`;
	await sql`
		insert into run_prompts (team_id, project_id, run_id, prompt_hash)
		select distinct m.team_id, m.project_id, m.run_id, e.prompt_hash
		from run_examples m join examples e on e.team_id = m.team_id and e.id = m.example_id where m.project_id = ${project}`;
	await sql`update runs set hashed = true where project_id = ${project}`;
	await sql`
		insert into run_files (team_id, project_id, run_id, kind, body, sha256, byte_count)
		select r.team_id, r.project_id, r.id, 'train', body, encode(sha256(body::bytea), 'hex'), length(body)
		from runs r cross join (
			select string_agg(messages::text, E'\n') as body
			from (select messages from examples where project_id = ${project} and split = 'train' order by number limit ${learntByRun}) learnt
		) file
		where r.project_id = ${project}`;
};

type Evaluation = { planned: number; is: 'revealed' | 'voting' | 'failed' };
const some = (count: number, is: Evaluation['is']): Evaluation[] =>
	Array.from({ length: count }, () => ({ planned: 100, is }));
/** Twenty ordinary ones, and one as big as the validation side. */
const evaluations: Evaluation[] = [
	...some(1, 'failed'),
	...some(4, 'voting'),
	{ planned: validation, is: 'revealed' },
	...some(15, 'revealed')
];

/** Both people have judged everything of a revealed one, the owner half of an open one. The tuned answer wins more often. */
const addEvaluation = async (
	{ sql, team, project, people }: Place,
	connection: string,
	number: number,
	{ planned, is }: Evaluation
) => {
	const [made] = await sql`
		insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned,
			temperature, max_tokens, seed, status, problem, created_at)
		select ${team}, ${project}, ${number}, 'Against the base model', id, ${connection}, 'sandbox-small', 'Be kind.', ${planned},
			0, 512, ${number}, ${is === 'failed' ? 'failed' : 'voting'},
			${is === 'failed' ? 'The provider does not answer.' : null}, now() - interval '1 hour'
		from runs where project_id = ${project} and version = ${1 + (number % runs)}
		returning id`;
	const evaluation = made!.id as string;
	await sql`
		insert into pairings (team_id, project_id, evaluation_id, example_id, position, prompt, reference)
		select team_id, project_id, ${evaluation}, id, row_number() over (order by number) - 1,
			json_build_array(messages -> 0), messages -> 1 ->> 'content'
		from examples where project_id = ${project} and split = 'validation' order by number limit ${planned}`;
	if (is === 'failed') return;
	await sql.unsafe(
		`insert into outputs (team_id, project_id, evaluation_id, pairing_id, contender, text, finish_reason, prompt_tokens, completion_tokens, latency_ms)
		select team_id, project_id, evaluation_id, id, contender, ${longWords} || contender, 'stop', 30, 200, 900
		from pairings cross join (values ('a'), ('b')) as both_of (contender) where evaluation_id = $1`,
		[evaluation]
	);
	for (const [index, person] of people.entries()) {
		if (is === 'voting' && index > 0) continue;
		await sql`
			insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, position, swapped)
			select team_id, project_id, evaluation_id, id, ${person}, position, (position + ${index}) % 2 = 0
			from pairings where evaluation_id = ${evaluation}`;
		await sql`
			insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id, created_at)
			select team_id, project_id, evaluation_id, pairing_id, id, person_id,
				case
					when (position * 13 + ${index}) % 10 = 0 then 'both_bad'
					when (position * 13 + ${index}) % 10 < 3 then 'tie'
					when ((position * 13 + ${index}) % 10 < 8) = swapped then 'second'
					else 'first'
				end,
				gen_random_uuid(), now() - interval '30 minutes'
			from ballots where evaluation_id = ${evaluation} and person_id = ${person}
				and (${is === 'revealed'} or position % 2 = 0)
			order by position`;
	}
	// pressed when everything was there, as people do it
	if (is === 'revealed')
		await sql`update evaluations set revealed_at = now() - interval '20 minutes' where id = ${evaluation}`;
};
