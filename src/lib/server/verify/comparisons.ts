// Long because it is one list: all that is kept and follows from something else, each beside what it follows from.
type Value = string | number | boolean | null | undefined;
type Row = Record<string, Value>;

/** What stands, against what follows from the evidence: the rows where they differ, and what to say of one. */
export type Comparison = { sql: string; says: (row: Row) => string };

const number = (value: Value) => (value == null ? 'none' : String(Math.round(Number(value) * 1000) / 1000));
const people = (count: Value) => `${count} ${count === 1 ? 'person' : 'people'}`;
const part = (text: Value) => (text == null ? 'none' : JSON.stringify(String(text).slice(0, 60)));

/** Where a row is, for every comparison: `x` is its table. */
const place = 'join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id';
const where = 't.slug as team, p.slug as project';

/** No order has it whose answer is still being written down (server/runs/settle.ts). */
const settled = `not exists (
	select from run_examples m join runs r on r.team_id = m.team_id and r.id = m.run_id
	where m.team_id = x.team_id and m.example_id = x.id and m.kind = 'train' and r.settling
)`;

/** The text that stands is the latest rewrite, whatever the example says; null is the original. */
const latestRewrites = `select distinct on (team_id, example_id) team_id, example_id, output
	from rewrites order by team_id, example_id, seq desc`;

export const comparisons: Comparison[] = [
	{
		sql: `select ${where}, x.number, x.rating, x.ratings_count, said.mean, coalesce(said.people, 0) as people
			from examples x ${place} left join (
				select team_id, example_id, avg(score)::real as mean, count(score)::int as people from (
					select r.team_id, r.example_id, case when (array_agg(r.score order by r.seq desc))[1] is not null
						then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as score
					from ratings r left join (${latestRewrites}) now on now.team_id = r.team_id and now.example_id = r.example_id
					where r.text = coalesce(sha256(convert_to(now.output, 'UTF8')), '') and r.voter = 'person'
					group by r.team_id, r.example_id, r.person_id
				) counting group by team_id, example_id
			) said on said.team_id = x.team_id and said.example_id = x.id
			where (x.rating, x.ratings_count) is distinct from (said.mean, coalesce(said.people, 0))`,
		says: (row) =>
			`example ${row.number} has the rating ${number(row.rating)} of ${people(row.ratings_count)}; the ratings make ${number(row.mean)} of ${people(row.people)}.`
	},
	{
		sql: `select ${where}, x.number, x.rewrite, latest.output
			from examples x ${place} left join (${latestRewrites}) latest on latest.team_id = x.team_id and latest.example_id = x.id
			where x.rewrite is distinct from latest.output`,
		says: (row) =>
			`example ${row.number} trains ${part(row.rewrite)} as its rewrite; the latest one is ${part(row.output)}.`
	},
	{
		sql: `select ${where}, x.number, x.trained from examples x ${place}
			where x.trained <> exists (
				select from run_examples m join runs r on r.team_id = m.team_id and r.id = m.run_id
				where m.team_id = x.team_id and m.example_id = x.id and m.kind = 'train' and r.accepted
			) and ${settled}`,
		says: (row) =>
			row.trained
				? `example ${row.number} is marked as trained on, and no run has learnt from it.`
				: `example ${row.number} was learnt from, and is not marked as trained on.`
	},
	{
		// it goes on being so when a run fails later, and leaves nothing else behind
		sql: `select ${where}, x.version, x.accepted from runs x ${place}
			where x.accepted <> (x.status in ('training', 'finishing', 'ready') or x.started_at is not null or coalesce(x.steps_done, 0) > 0)
				and not (x.accepted and x.status in ('failed', 'cancelled'))`,
		says: (row) =>
			row.accepted
				? `v${row.version} is said to have been accepted by its provider, and has not begun.`
				: `v${row.version} has begun, and is not said to have been accepted: what it learnt from is not locked.`
	},
	{
		sql: `select ${where}, e.number, count(*)::int as scores
			from ratings x ${place} join examples e on e.team_id = x.team_id and e.id = x.example_id
			where x.text <> '' and not exists (
				select from rewrites w
				where w.team_id = x.team_id and w.example_id = x.example_id and sha256(convert_to(w.output, 'UTF8')) = x.text
			)
			group by t.slug, p.slug, e.id, e.number`,
		says: (row) =>
			`${row.scores === 1 ? 'a score' : `${row.scores} scores`} of example ${row.number} ${row.scores === 1 ? 'is' : 'are'} said to be of a text that it never had.`
	},
	{
		sql: `select ${where}, x.number, x.reserved from examples x ${place}
			where x.reserved <> exists (
				select from run_examples m join runs r on r.team_id = m.team_id and r.id = m.run_id
				where m.team_id = x.team_id and m.example_id = x.id and m.kind = 'train'
					and not r.accepted and r.status not in ('failed', 'cancelled')
			) and ${settled}`,
		says: (row) =>
			row.reserved
				? `example ${row.number} is kept for an order, and no run is being ordered with it.`
				: `example ${row.number} is in the order of a run, and is not kept for it.`
	},
	{
		sql: `select ${where}, x.number, o.number as other from examples x ${place}
			join examples o on o.team_id = x.team_id and o.project_id = x.project_id and o.prompt_hash = x.prompt_hash
			where x.split = 'validation'
				and ((o.id = x.id and (o.trained or o.reserved)) or (o.id <> x.id and (o.trained or o.reserved or (o.split = 'train' and o.deleted_at is null))))`,
		says: (row) =>
			`example ${row.number} measures, and example ${row.other}, which trains, has the same prompt: the model knows the answer.`
	},
	{
		sql: `select ${where}, x.chosen_by, x.ordered from playground_pairs x ${place}
			where x.ordered <> exists (select from run_pairs m where m.team_id = x.team_id and m.pair_id = x.id)`,
		says: (row) =>
			row.ordered
				? `a preference for ${part(row.chosen_by)} is said to have been sent to a run, and none was sent it.`
				: `a preference for ${part(row.chosen_by)} was sent to a run, and does not say so.`
	},
	{
		sql: `select ${where}, x.number from examples x ${place}
			join playground_pairs o on o.team_id = x.team_id and o.project_id = x.project_id and o.prompt_hash = x.prompt_hash
			where x.split = 'validation' and o.ordered`,
		says: (row) => `example ${row.number} measures, and a run was sent its prompt as a preference.`
	},
	{
		sql: `select ${where}, x.version, x.train_count, x.validation_count,
				(count(m.id) filter (where m.kind = 'train'))::int as train,
				(count(m.id) filter (where m.kind = 'validation'))::int as validation
			from runs x ${place} left join (
				select team_id, run_id, id, kind from run_examples union all select team_id, run_id, id, 'train' from run_pairs
			) m on m.team_id = x.team_id and m.run_id = x.id
			where x.preparing is null
			group by t.slug, p.slug, x.team_id, x.id, x.version, x.train_count, x.validation_count
			having (x.train_count, x.validation_count) is distinct from
				((count(m.id) filter (where m.kind = 'train'))::int, (count(m.id) filter (where m.kind = 'validation'))::int)`,
		says: (row) =>
			`v${row.version} says that it had ${row.train_count} examples to train on and ${row.validation_count} to measure by; it had ${row.train} and ${row.validation}.`
	},
	{
		// of a file in parts each part has a hash of its own: all of it may be more than the database can put together
		sql: `select ${where}, r.version, x.kind, coalesce(x.bytes, x.byte_count) as byte_count, has.bytes, has.same
			from run_files x ${place} join runs r on r.team_id = x.team_id and r.id = x.run_id
			cross join lateral (
				select octet_length(convert_to(x.body, 'UTF8'))::bigint as bytes, x.sha256 = encode(sha256(convert_to(x.body, 'UTF8')), 'hex') as same
				where x.body is not null
				union all
				select coalesce(sum(octet_length(convert_to(p.body, 'UTF8'))), 0)::bigint,
					bool_and(p.sha256 = encode(sha256(convert_to(p.body, 'UTF8')), 'hex')) is not false and count(*) = x.parts
				from run_file_parts p where x.body is null and p.team_id = x.team_id and p.run_id = x.run_id and p.kind = x.kind and p.place < x.parts
				having x.body is null
			) has
			where x.removed_at is null and (coalesce(x.bytes, x.byte_count) <> has.bytes or not has.same)`,
		says: (row) =>
			row.same
				? `the ${row.kind} file of v${row.version} is said to have ${row.byte_count} bytes; it has ${row.bytes}.`
				: `the ${row.kind} file of v${row.version} is not the one whose SHA-256 was kept.`
	},
	{
		sql: `select ${where}, x.number, x.planned, count(c.id)::int as pairs
			from evaluations x ${place} left join pairings c on c.team_id = x.team_id and c.evaluation_id = x.id
			group by t.slug, p.slug, x.team_id, x.id, x.number, x.planned having x.planned <> count(c.id)`,
		says: (row) => `comparison ${row.number} was planned with ${row.planned} pairs; it has ${row.pairs}.`
	},
	{
		sql: `select ${where}, x.number, x.revealed_at is null as hidden, count(*)::int as answers
			from evaluations x ${place}
				join pairings c on c.team_id = x.team_id and c.evaluation_id = x.id
				join outputs o on o.team_id = c.team_id and o.pairing_id = c.id
			where case when o.removed_at is null then x.texts_removed_at is not null else x.revealed_at is null end
			group by t.slug, p.slug, x.number, x.revealed_at`,
		says: (row) =>
			row.hidden
				? `of comparison ${row.number} the texts of ${row.answers} answers were removed, and nobody has revealed it.`
				: `comparison ${row.number} says that the texts of its answers were removed; ${row.answers} are there.`
	},
	{
		// an import that a crash has cut short never got as far as its counts
		sql: `select ${where}, x.file_name, x.added, count(e.id)::int as examples
			from imports x ${place} left join examples e on e.team_id = x.team_id and e.project_id = x.project_id and e.import_id = x.id
			where x.added > 0
			group by t.slug, p.slug, x.team_id, x.id, x.file_name, x.added having x.added <> count(e.id)`,
		says: (row) =>
			`the import of ${part(row.file_name)} says that it added ${row.added} examples; there are ${row.examples}.`
	},
	{
		sql: `select ${where}, x.split, x.points, x.rewritten, x.trained, x.count, x.there, x.tokens <> x.tokens_there as tokens_differ
			from (
				select team_id, project_id, split, points, rewritten, trained, sum(count)::int as count, sum(there)::int as there,
					sum(tokens) as tokens, sum(tokens_there) as tokens_there, sum(ratings) as ratings, sum(ratings_there) as ratings_there
				from (
					select team_id, project_id, split, points, rewritten, trained, count, 0 as there, tokens, 0 as tokens_there,
						ratings, 0 as ratings_there
					from example_counts
					union all
					select team_id, project_id, coalesce(split, ''), coalesce(floor(rating), 0), rewrite is not null, trained, 0, 1, 0, tokens,
						0, coalesce(rating::numeric, 0)
					from examples where deleted_at is null
				) both_of group by 1, 2, 3, 4, 5, 6
			) x ${place}
			where (x.count, x.tokens, x.ratings) is distinct from (x.there, x.tokens_there, x.ratings_there)`,
		says: (row) => {
			const marks = [row.split || 'no side', row.points ? `rating ${row.points}` : 'unrated'];
			const kind = [...marks, ...(row.rewritten ? ['rewritten'] : []), ...(row.trained ? ['learnt'] : [])].join(', ');
			return row.count === row.there
				? `what is added up of the examples (${kind}) is not what their ${row.tokens_differ ? 'tokens' : 'ratings'} make.`
				: `the counters say ${row.count} examples (${kind}); there are ${row.there}.`;
		}
	},
	{
		sql: `select ${where}, x.number, x.points, x.split, x.rating, x.there
			from (
				select coalesce(e.team_id, s.team_id) as team_id, coalesce(e.project_id, s.project_id) as project_id, coalesce(e.number, s.number) as number,
					s.points, s.split, s.rating, e.number is not null as there
				from (select * from examples where deleted_at is null) e
				full join example_standings s on s.team_id = e.team_id and s.project_id = e.project_id and s.number = e.number
				where (s.points, s.split, s.rating) is distinct from (coalesce(floor(e.rating), 0), coalesce(e.split, ''), e.rating)
					or (e.number is null) <> (s.number is null)
			) x ${place}`,
		says: ({ number: example, points, split, rating, there }) => {
			if (!there) return `lists have an example ${example}; there is none.`;
			if (points == null) return `example ${example} is in no list by rating or side.`;
			return `lists have example ${example} with ${split || 'no side'} and the rating ${number(rating)}; it is another.`;
		}
	},
	{
		sql: `select ${where}, x.score, x.count, x.there
			from (
				select team_id, project_id, person_id, score, sum(count)::int as count, sum(there)::int as there
				from (
					select team_id, project_id, person_id, score, count, 0 as there from own_counts
					union all
					select team_id, project_id, person_id, score, 0, 1 from (
						select e.team_id, e.project_id, r.person_id, case when (array_agg(r.score order by r.seq desc))[1] is not null
							then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as score
						from examples e join ratings r on r.team_id = e.team_id and r.example_id = e.id
							and r.text = coalesce(sha256(convert_to(e.rewrite, 'UTF8')), '')
						where e.deleted_at is null
						group by e.team_id, e.project_id, e.id, r.person_id
					) said where score is not null
				) both_of group by 1, 2, 3, 4
			) x ${place}
			where x.count <> x.there`,
		says: (row) => `the counters say that somebody gave ${row.count} examples a ${row.score}; it is ${row.there}.`
	},
	{
		sql: `select ${where}, x.number from example_marks x ${place}
			where not exists (select from examples e where e.team_id = x.team_id and e.project_id = x.project_id and e.number = x.number)`,
		says: (row) => `an example ${row.number} has marks; there is none.`
	},
	{
		sql: `select t.slug as team, x.slug as project, counter.what, counter.next, counter.used
			from projects x join teams t on t.id = x.team_id
			cross join lateral (values
				('example', x.next_example, (select max(number) from examples e where e.team_id = x.team_id and e.project_id = x.id)),
				('run', x.next_run, (select max(version) from runs r where r.team_id = x.team_id and r.project_id = x.id)),
				('comparison', x.next_evaluation, (select max(number) from evaluations v where v.team_id = x.team_id and v.project_id = x.id)),
				('prompt', x.next_prompt, (select max(number) from prompts q where q.team_id = x.team_id and q.project_id = x.id))
			) counter (what, next, used)
			where counter.next <= counter.used`,
		says: (row) => `the next ${row.what} would get the number ${row.next}; ${row.used} is taken already.`
	}
];
