-- What was learnt, is in an order, or trains, and asks one of these prompts or is of one of these families. Under the policies of whoever asks.
--
-- One name after the other is looked up, whatever the planner expects of a project: `= any (names)` is asked of every row of it, and each row compares
-- itself with each name. As in validation-lock.sql each question asks for the order of its index and may not sort, so that no other index will do.
-- Each plan is made for its names: a plan for any would expect ten.
create or replace function learnt_among(project uuid, names bytea[])
	returns table (rank int, id uuid, number int, prompt_hash bytea, family bytea, trained boolean, reserved boolean)
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off set plan_cache_mode = force_custom_plan as $$
	select 1, e.* from unnest(names) one (name) cross join lateral (
		select x.id, x.number, x.prompt_hash, x.family, x.trained, x.reserved from public.examples x
		where x.project_id = project and x.prompt_hash between one.name and one.name and (x.trained or x.reserved)
		order by x.prompt_hash
	) e
	union all
	select 2, e.* from unnest(names) one (name) cross join lateral (
		select x.id, x.number, x.prompt_hash, x.family, x.trained, x.reserved from public.examples x
		where x.project_id = project and x.prompt_hash between one.name and one.name and x.deleted_at is null
			and x.split = 'train' and not x.trained and not x.reserved
		order by x.prompt_hash
	) e
	union all
	select 3, e.* from unnest(names) one (name) cross join lateral (
		select x.id, x.number, x.prompt_hash, x.family, x.trained, x.reserved from public.examples x
		where x.project_id = project and x.family between one.name and one.name and x.family is not null
			and (x.trained or x.reserved or (x.split = 'train' and x.deleted_at is null))
		order by x.family
	) e
$$;

-- Which of these a run has learnt: the hash of what a line of its training file asks, or the family of an example that was in it. In the same way, and for
-- owners and trainers: nobody else can see what was sent.
create or replace function learnt_by(project uuid, run uuid, names bytea[]) returns setof bytea
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off set plan_cache_mode = force_custom_plan as $$
	select one.name from unnest(names) one (name) cross join lateral (
		select from public.run_prompts x where x.run_id = run and x.prompt_hash between one.name and one.name
		order by x.prompt_hash limit 1
	) asked
	union all
	select one.name from unnest(names) one (name) cross join lateral (
		select from public.examples x
		where x.project_id = project and x.family between one.name and one.name and x.family is not null
			and exists (select from public.run_examples m where m.run_id = run and m.example_id = x.id and m.kind = 'train')
		order by x.family limit 1
	) near
$$;

-- Which of these examples were in the training file of one of these runs. In the same way, and for the same people.
create or replace function sent_among(runs uuid[], these uuid[]) returns setof uuid
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off set plan_cache_mode = force_custom_plan as $$
	select one.id from unnest(these) one (id) cross join lateral (
		select from public.run_examples x where x.example_id between one.id and one.id and x.run_id = any (runs) and x.kind = 'train'
		order by x.example_id limit 1
	) sent
$$;

-- The longest rewrites in train, in bytes, the longest first, of those that may be longer than a usual answer (usualAnswer of core/evaluations/plan.ts): along
-- their own index, since another one leads to all rewrites.
create or replace function longest_rewrites(project uuid, most int) returns table (number int, bytes int)
	language sql stable set search_path = '' set enable_seqscan = off set enable_sort = off as $$
	select e.number, octet_length(e.rewrite) from public.examples e
	where e.project_id = project and e.split = 'train' and e.deleted_at is null and octet_length(e.rewrite) > 682
	order by octet_length(e.rewrite) desc, e.number limit most
$$;

grant execute on function learnt_among(uuid, bytea[]), learnt_by(uuid, uuid, bytea[]), sent_among(uuid[], uuid[]), longest_rewrites(uuid, int) to app;
