import type postgres from 'postgres';
import { addOfProject } from './plans-seed.ts';

/** Projects of one team, beside each other in the same tables, by their size. */
export type Size = '1k' | '10k' | '100k' | '1m';
const all: Record<Size, number> = { '1k': 1_000, '10k': 10_000, '100k': 100_000, '1m': 1_000_000 };
/** A quick run goes without the largest, which takes longer to write than all the rest takes to measure. */
export const sizes = (Object.keys(all) as Size[])
	.filter((size) => size !== '1m' || process.env.BENCH_QUICK !== 'yes')
	.filter((size) => !process.env.BENCH_SIZES || process.env.BENCH_SIZES.split(',').includes(size));

/** How many a rater has given in each project, at most half of it. */
const ownRatings = 5_000;

/** About 600 characters; `rarely` stands in one of a thousand, `order` in every one. */
const question = `'Where is the missing part of order ' || n || '?' || case when n % 1000 = 7 then ' It was rarely late.' else '' end`;
const answer = `'Thank you for writing to us about case ' || n::bigint * 7919 || '. ' || repeat('We have looked at it and will send the missing part today. ', 8)`;

/** What a comparison has of each project, so that those of a small one cost as much. */
const compared = { pairs: 40, prompts: 200 };

/** Examples that are written in one transaction. */
const atOnce = 100_000;

type Place = {
	sql: postgres.TransactionSql;
	project: string;
	from: number;
	count: number;
	people: { rater: string; owner: string; second: string };
};

/**
 * Fills the projects, whose slugs are the names of the sizes: nothing asks what triggers would have said, so what they
 * would have kept is computed afterwards. Half of each is rated, a tenth of that by two people, three tenths are in train and a tenth is in
 * validation; every fiftieth is rewritten. Each has a run and its comparisons: one to reveal, one to vote on, and a three-way.
 */
export const seedGrowth = async (owner: postgres.Sql, projects: Record<Size, string>, people: Place['people']) => {
	const quietly = (work: (sql: postgres.TransactionSql) => Promise<unknown>) =>
		owner.begin(async (sql) => {
			await sql`set local session_replication_role = replica`;
			await work(sql);
		});
	for (const size of sizes) {
		const last = all[size];
		for (let from = 1; from <= last; from += atOnce)
			await quietly(async (sql) => {
				const place = { sql, project: projects[size], from, count: Math.min(atOnce, last), people };
				await addExamples(place);
				await addRatings(place);
			});
		await quietly((sql) => addOwnRatings(sql, projects[size], people.rater, last));
	}
	await quietly((sql) => addComparisons(sql, Object.values(projects)));
	await owner`update projects p set next_example = 1 + (select max(number) from examples e where e.project_id = p.id), next_run = 2, next_evaluation = 6,
		next_prompt = 1 + (select max(number) from prompts q where q.project_id = p.id)`;
	await owner`select recount_examples()`;
	await owner`vacuum analyze`;
	const comparisonsOf = async (size: Size) => {
		const rows = await owner`select id from evaluations where project_id = ${projects[size]} order by number`;
		const [revealed, voting, threeWay] = rows.map(({ id }) => id as string);
		return { revealed: revealed!, voting: voting!, threeWay: threeWay! };
	};
	const found = {} as Record<Size, Awaited<ReturnType<typeof comparisonsOf>>>;
	for (const size of sizes) found[size] = await comparisonsOf(size);
	return found;
};

const addComparisons = async (sql: postgres.TransactionSql, projects: string[]) => {
	await sql`insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, job_id, model,
			train_count, validation_count, tokens, estimate_cents, steps_done, steps_total)
		select team_id, id, 1, connection_id, base_model, recipe, 1, 'ready', gen_random_uuid()::text, 'ft', 'm', 100, 20, 1000, 1, 1, 1
		from projects where id = any (${projects}::uuid[])`;
	await sql`insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned, temperature,
			max_tokens, seed, status, three_part, three_of)
		select r.team_id, r.project_id, kind.number, 'v1 against base', r.id, r.connection_id, r.base_model, '', ${compared.pairs}, 0, 512, 1, 'voting', kind.part,
			case when kind.part <> 'training' then r.id end
		from runs r cross join (values (2, null), (3, 'training'), (4, 'prompt'), (5, 'tuned')) kind (number, part)
		where r.project_id = any (${projects}::uuid[])`;
	await sql`update evaluations e set three_of = l.id from evaluations l
		where l.project_id = e.project_id and l.three_part = 'training' and e.three_part in ('prompt', 'tuned') and e.project_id = any (${projects}::uuid[])`;
	await addOfProject(sql, projects, compared);
};

const score = `1 + (n * 7) % 10`;

const addExamples = ({ sql, project, from, count }: Place) =>
	sql.unsafe(
		`insert into examples (team_id, project_id, number, messages, rewrite, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
		select p.team_id, p.id, n,
			json_build_array(
				json_build_object('role', 'user', 'content', ${question}),
				json_build_object('role', 'assistant', 'content', ${answer})),
			case when n % 50 = 0 then 'We have sent it, and it comes on day ' || n || '.' end,
			sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 100 + n % 100,
			case when n % 2 = 0 then ${score} end, case when n % 20 = 0 then 2 when n % 2 = 0 then 1 else 0 end,
			case when n % 10 in (2, 4, 6) then 'train' when n % 10 = 8 then 'validation' end, 'import'
		from projects p cross join generate_series(${from}, ${from + count - 1}) n where p.id = $1`,
		[project]
	);

/** Those the means are made of, and what was rewritten. */
const addRatings = async ({ sql, project, from, count, people }: Place) => {
	for (const [every, person] of [
		[2, people.owner],
		[20, people.second]
	] as const)
		await sql.unsafe(
			`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
			select e.team_id, e.project_id, e.id, $2, 'person', 1 + (e.number * 7) % 10, text_mark(e.rewrite), gen_random_uuid()
			from examples e where e.project_id = $1 and e.number between $3 and $4 and e.number % ${every} = 0`,
			[project, person, from, from + count - 1]
		);
	await sql`insert into rewrites (team_id, project_id, example_id, person_id, voter, output, client_id)
		select e.team_id, e.project_id, e.id, ${people.owner}, 'person', e.rewrite, gen_random_uuid()
		from examples e where e.project_id = ${project} and e.number between ${from} and ${from + count - 1} and e.rewrite is not null`;
};

/** Of a rater who began with the newest; they count as somebody's third opinion nowhere here. */
const addOwnRatings = (sql: postgres.TransactionSql, project: string, rater: string, count: number) =>
	sql`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
		select e.team_id, e.project_id, e.id, ${rater}, 'person', e.rating, text_mark(e.rewrite), gen_random_uuid()
		from examples e where e.project_id = ${project} and e.rating is not null
		order by e.number desc limit ${Math.min(ownRatings, count / 2)}`;
