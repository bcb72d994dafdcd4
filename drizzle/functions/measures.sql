-- What measures: the examples of validation. Under the policies of whoever asks, and as in learnt.sql each is looked up by itself, whatever the planner
-- expects of a project: each question asks for the order of its index and may not sort.

-- The next of a project's validation examples in the order of a seed, behind a place in it (null: from the first one on), `most` of them. `leads`: no other
-- one in validation nearly asks the same and has a smaller number, so that one of each family leads. Which numbers there are is said by the
-- standings, so that of the examples only these and what they have in common with others is read.
create or replace function drawn_measures(project uuid, seed bigint, after_place bigint, after_number int, most int)
	returns table (place bigint, number int, id uuid, prompt_hash bytea, family bytea, leads boolean)
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off as $$
	with d as materialized (
		select hashint8extended(s.number, seed) as place, s.number from public.example_standings s
		where s.project_id = project and s.points between 0 and 10 and s.split = 'validation'
			and (after_place is null or (hashint8extended(s.number, seed), s.number) > (after_place, after_number))
		order by 1, 2 limit most
	)
	select d.place, d.number, e.id, e.prompt_hash, e.family, asked.number is null and near.number is null
	from d cross join lateral (
		select x.id, x.prompt_hash, coalesce(x.family, x.prompt_hash) as family from public.examples x
		where x.project_id = project and x.number = d.number limit 1
	) e
	left join lateral (
		select x.number from public.examples x
		where x.project_id = project and x.prompt_hash between e.family and e.family and x.deleted_at is null
			and x.family is null and x.split = 'validation' and x.number < d.number
		order by x.prompt_hash limit 1
	) asked on true
	left join lateral (
		select x.number from public.examples x
		where x.project_id = project and x.family between e.family and e.family and x.family is not null
			and x.split = 'validation' and x.deleted_at is null and x.number < d.number
		order by x.family limit 1
	) near on true
	order by 1, 2
$$;

-- Which of these hashes, of prompts and of families, are of an example in validation.
create or replace function measured_among(project uuid, names bytea[]) returns setof bytea
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off set plan_cache_mode = force_custom_plan as $$
	select one.name from unnest(names) one (name) cross join lateral (
		select from public.examples x
		where x.project_id = project and x.prompt_hash between one.name and one.name and x.deleted_at is null and x.split = 'validation'
		order by x.prompt_hash limit 1
	) asked
	union all
	select one.name from unnest(names) one (name) cross join lateral (
		select from public.examples x
		where x.project_id = project and x.family between one.name and one.name and x.family is not null
			and x.split = 'validation' and x.deleted_at is null
		order by x.family limit 1
	) near
$$;

grant execute on function drawn_measures(uuid, bigint, bigint, int, int), measured_among(uuid, bytea[]) to app;
