import type postgres from 'postgres';

/** Projects of one team, beside each other in the same tables, by their size. */
export type Size = '1k' | '10k' | '100k' | '1m';
const all: Record<Size, number> = { '1k': 1_000, '10k': 10_000, '100k': 100_000, '1m': 1_000_000 };
/** A quick run goes without the largest, which takes longer to write than all the rest takes to measure. */
export const sizes = (Object.keys(all) as Size[]).filter((size) => size !== '1m' || process.env.BENCH_QUICK !== 'yes');

/** How many a rater has given in each project, at most half of it. */
const ownRatings = 5_000;

/** About 600 characters; `rarely` stands in one of a thousand, `order` in every one. */
const question = `'Where is the missing part of order ' || n || '?' || case when n % 1000 = 7 then ' It was rarely late.' else '' end`;
const answer = `'Thank you for writing to us about case ' || n::bigint * 7919 || '. ' || repeat('We have looked at it and will send the missing part today. ', 8)`;

type Place = {
	sql: postgres.TransactionSql;
	project: string;
	count: number;
	people: { rater: string; first: string; second: string };
};

/**
 * Fills the projects, whose slugs are the names of the sizes, in one go: nothing asks what triggers would have said, so what they
 * would have kept is computed afterwards. Half of each is rated, a tenth of that by two people, three tenths are in train and a tenth is in
 * validation; every fiftieth is rewritten.
 */
export const seedGrowth = async (owner: postgres.Sql, projects: Record<Size, string>, people: Place['people']) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		for (const size of sizes) {
			const count = all[size];
			const place = { sql, project: projects[size], count, people };
			await addExamples(place);
			await addRatings(place);
		}
		await sql`update projects p set next_example = 1 + (select max(number) from examples e where e.project_id = p.id)`;
		await recount(sql);
	});
	await owner`vacuum analyze`;
};

const score = `1 + (n * 7) % 10`;

const addExamples = ({ sql, project, count }: Place) =>
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
		from projects p cross join generate_series(1, ${count}) n where p.id = $1`,
		[project]
	);

/** Those the means are made of, and those of a rater who began with the newest, which count as somebody's third opinion nowhere here. */
const addRatings = async ({ sql, project, count, people }: Place) => {
	for (const [every, person] of [
		[2, people.first],
		[20, people.second]
	] as const)
		await sql.unsafe(
			`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
			select e.team_id, e.project_id, e.id, $2, 'person', 1 + (e.number * 7) % 10, text_mark(e.rewrite), gen_random_uuid()
			from examples e where e.project_id = $1 and e.number % ${every} = 0`,
			[project, person]
		);
	await sql`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
		select e.team_id, e.project_id, e.id, ${people.rater}, 'person', e.rating, text_mark(e.rewrite), gen_random_uuid()
		from examples e where e.project_id = ${project} and e.rating is not null
		order by e.number desc limit ${Math.min(ownRatings, count / 2)}`;
	await sql`insert into rewrites (team_id, project_id, example_id, person_id, voter, output, client_id)
		select e.team_id, e.project_id, e.id, ${people.first}, 'person', e.rewrite, gen_random_uuid()
		from examples e where e.project_id = ${project} and e.rewrite is not null`;
};

/** What triggers keep of examples, in a version that keeps it. */
const recount = async (sql: postgres.TransactionSql) => {
	const [kept] = await sql`select to_regproc('recount_examples') is not null as is`;
	if (kept!.is) await sql`select recount_examples()`;
};
