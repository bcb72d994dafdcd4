-- What follows from a change of examples, whoever makes it: the counters (totals.sql), the validation lock (validation-lock.sql), and where each stands
-- (standings.sql). One function for all three, because a trigger costs as much as what a rating has to do in it. It acts as the owner: whoever changes an
-- example may write neither counter nor standing.
--
-- One row whose side, prompt and being there stay, as a rating changes it, goes a way of its own: it takes the plans for many longer to be set up than
-- what is done, and it can be no leak. So a rating waits for nobody.
create or replace function follow_examples() returns trigger
	language plpgsql security definer set search_path = '' set enable_seqscan = off set enable_sort = off as $$
declare
	one record;
	place record;
	moved record;
	look record;
	leak record;
	free smallint;
	written int;
begin
	select (select count(*) from new_rows) as rows,
		n.deleted_at is null and o.deleted_at is null and (n.split, n.prompt_hash) is not distinct from (o.split, o.prompt_hash) as stays,
		n.team_id, n.project_id, n.number, coalesce(n.split, '') as split, n.tokens,
		public.whole_points(o.rating) as old_points, o.rewrite is not null as was_rewritten, o.trained as was_trained, o.tokens as old_tokens,
		o.rating as old_rating,
		public.whole_points(n.rating) as points, n.rewrite is not null as rewritten, n.trained, n.rating
	into one from new_rows n, old_rows o limit 1;
	if one.rows = 1 and one.stays then
		free := public.free_slot(one.project_id);
		if (one.was_rewritten, one.was_trained, one.old_tokens) = (one.rewritten, one.trained, one.tokens) then
			-- of one kind to another, or within one: both rows at once, where this slot has had them before
			update public.example_counts c set
				count = c.count + (c.points = one.points)::int - (c.points = one.old_points)::int,
				tokens = c.tokens + one.tokens * ((c.points = one.points)::int - (c.points = one.old_points)::int),
				ratings = c.ratings + case when c.points = one.points then coalesce(one.rating::numeric, 0) else 0 end
					- case when c.points = one.old_points then coalesce(one.old_rating::numeric, 0) else 0 end,
				changes = c.changes + (c.points = one.points)::int + (c.points = one.old_points)::int
			where c.team_id = one.team_id and c.project_id = one.project_id and c.slot = free and c.split = one.split
				and c.points = any (array[one.old_points, one.points]) and c.rewritten = one.rewritten and c.trained = one.trained;
			get diagnostics written = row_count;
			if written < 1 + (one.points <> one.old_points)::int then
				insert into public.example_counts (team_id, project_id, slot, split, points, rewritten, trained, count, tokens, ratings, changes)
				select one.team_id, one.project_id, free, one.split, kind.points, one.rewritten, one.trained,
					sum(kind.step), sum(kind.step) * one.tokens, sum(kind.rating), count(*)
				from (values (one.old_points, -1, -coalesce(one.old_rating::numeric, 0)), (one.points, 1, coalesce(one.rating::numeric, 0))) kind (points, step, rating)
				group by kind.points
				on conflict do nothing; -- of the two, the one that was there has it already
			end if;
		else
			perform public.add_counts(array[
				row(one.team_id, one.project_id, free, one.split, one.old_points, one.was_rewritten, one.was_trained,
					-1, -one.old_tokens, -coalesce(one.old_rating::numeric, 0), 1)::public.example_counts,
				row(one.team_id, one.project_id, free, one.split, one.points, one.rewritten, one.trained,
					1, one.tokens, coalesce(one.rating::numeric, 0), 1)::public.example_counts]);
		end if;
		if one.rating is distinct from one.old_rating then
			update public.example_standings s set points = one.points, rating = one.rating
			where s.team_id = one.team_id and s.project_id = one.project_id and s.points = one.old_points and s.split = one.split
				and s.number = one.number;
		end if;
		return null;
	end if;
	-- What was and what is are joined in full, and looked at once: for that nothing ever compares each with each. A connection keeps the plan it made first:
	-- one made for a few must do for a million, and the other way round.
	with alike as materialized (
		select n.team_id, n.project_id,
			coalesce(n.split, '') as split, n.rating, n.rewrite is not null as rewritten, n.trained, n.deleted_at is null as stands,
			coalesce(o.split, '') as old_split, o.rating as old_rating, o.rewrite is not null as was_rewritten, o.trained as was_trained,
			o.deleted_at is null as stood,
			n.split is not null and (n.deleted_at is null or n.split = 'validation')
				and ((n.split, n.prompt_hash) is distinct from (o.split, o.prompt_hash) or (n.deleted_at is null and o.deleted_at is not null)) as goes_over,
			count(*) as count, sum(n.tokens) as tokens, sum(o.tokens) as old_tokens, array_agg(n.number) as numbers, array_agg(n.id) as ids
		from new_rows n full join old_rows o on o.team_id = n.team_id and o.id = n.id
		group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
	), moved as (
		select a.*, public.whole_points(a.rating) as points, public.whole_points(a.old_rating) as old_points
		from alike a where (a.rating, a.split, a.stands) is distinct from (a.old_rating, a.old_split, a.stood)
	-- Standings. Whoever changes an example has its row, so nobody else changes its standing. Those that stood together are looked up by their key in one
	-- go, since a plan made for a million would read everybody's.
	), found as materialized (
		select m.points, m.split, m.rating, m.stands, at.ctid from moved m cross join lateral (
			select s.ctid from public.example_standings s
			where s.team_id = m.team_id and s.project_id = m.project_id and s.points = m.old_points and s.split = m.old_split
				and s.number = any (m.numbers)
			offset 0
		) at
		where m.stood
	), come as (
		insert into public.example_standings (team_id, project_id, points, split, number, rating)
		select m.team_id, m.project_id, m.points, m.split, comes.number, m.rating
		from moved m cross join unnest(m.numbers) comes (number) where m.stands and not m.stood
	), gone as (
		delete from public.example_standings s using found f where s.ctid = f.ctid and not f.stands
	), placed as (
		update public.example_standings s set points = f.points, split = f.split, rating = f.rating
		from found f where s.ctid = f.ctid and f.stands
	)
	-- Of each row, what it was is taken away from the counters and what it is added; what is deleted is neither. First what is alike, since a rating becomes
	-- an exact number so much more slowly than it is compared.
	select array(
			select row(x.team_id, x.project_id, 0, x.split, public.whole_points(x.rating), x.rewritten, x.trained,
				sum(x.step * x.count), sum(x.step * x.tokens), coalesce(sum(x.step * x.count * x.rating::numeric), 0), sum(x.count))::public.example_counts
			from (
				select a.team_id, a.project_id, a.split, a.rating, a.rewritten, a.trained, a.count, a.tokens, 1 as step from alike a where a.stands
				union all
				select a.team_id, a.project_id, a.old_split, a.old_rating, a.was_rewritten, a.was_trained, a.count, a.old_tokens, -1 from alike a where a.stood
			) x
			group by x.team_id, x.project_id, x.split, public.whole_points(x.rating), x.rewritten, x.trained
		) as counts,
		array(select distinct a.project_id from alike a where a.goes_over order by 1) as gone_over_in,
		exists (select from alike a where a.stands <> a.stood) as deleted,
		array(select unnest(a.ids) from alike a where a.goes_over) as gone_over
	into look;
	for place in select distinct c.team_id, c.project_id from unnest(look.counts) c loop
		free := public.free_slot(place.project_id);
		perform public.add_counts(array(
			select row(c.team_id, c.project_id, free, c.split, c.points, c.rewritten, c.trained, c.count, c.tokens, c.ratings, c.changes)::public.example_counts
			from unnest(look.counts) c where c.team_id = place.team_id and c.project_id = place.project_id
		));
	end loop;
	-- what is deleted takes everybody's score of it along, and brings it back; hardly any change has such a row
	if look.deleted then
		for moved in
			-- taken away from what is, and not joined with it: a plan that was made for one would compare each with each
			select x.team_id, x.step, array_agg(x.id) as ids from (
				select n.team_id, n.id, case when n.deleted_at is null then 1 else -1 end as step from new_rows n
				except
				select o.team_id, o.id, case when o.deleted_at is null then 1 else -1 end from old_rows o
			) x
			group by 1, 2
		loop
			perform public.count_own(moved.team_id, moved.ids, moved.step);
		end loop;
	end if;
	-- The lock, at the end: whoever else moves something in the project waits no longer than it takes to be asked about, and committed. It is asked in
	-- parentheses whether a row moved: from a table in memory, where `= any (look.gone_over)` would go along the list for each.
	if look.gone_over = '{}' then
		return null;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(held.id::text, 1)) from unnest(look.gone_over_in) held (id);
	-- One question, so that those that moved are looked for once: a prompt that another example there has, one that an example holds although it may be
	-- deleted, what nearly asks the same, as far as they have been compared, and what a run was sent as a preference.
	-- Most changes meet nobody: before one prompt after the other is looked up, it is asked whether anything on the other side has any of them, all in one go along
	-- the index (from PostgreSQL 18 on; before, that would read a whole project), and whether anything in the project is held although it may be deleted.
	with n as materialized (
		select x.team_id, x.project_id, x.id, x.number, x.prompt_hash, x.family, x.split from new_rows x where (x.id in (select unnest(look.gone_over))) is true
	), met as (
		select from (select n.team_id, n.project_id, n.split, array_agg(n.prompt_hash) as hashes from n group by 1, 2, 3) here cross join lateral (
			select from public.examples o
			where o.team_id = here.team_id and o.project_id = here.project_id and o.prompt_hash = any (here.hashes) and o.deleted_at is null
				and case here.split when 'validation' then o.trained or o.reserved or o.split = 'train' else o.split = 'validation' end
			order by o.prompt_hash, o.content_hash limit 1
		) o
	), held as (
		select from (select distinct n.team_id, n.project_id from n) here cross join lateral (
			select from public.examples o
			where o.team_id = here.team_id and o.project_id = here.project_id and (o.trained or o.reserved or o.deleted_at is not null)
			order by o.prompt_hash limit 1
		) o
	)
	select * into leak from (
		select 'AI003' as code, n.number as here, o.number as there
		from (select * from n where current_setting('server_version_num')::int < 180000 or exists (select from met)) n cross join lateral (
			select o.number from public.examples o
			where o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash = n.prompt_hash and o.id <> n.id and o.deleted_at is null
				and ((n.split = 'validation' and (o.trained or o.reserved or o.split = 'train')) or (n.split = 'train' and o.split = 'validation'))
			order by o.content_hash limit 1
		) o
		union all
		select 'AI003', n.number, o.number
		from (select * from n where exists (select from held)) n cross join lateral (
			select o.number from public.examples o
			where o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash between n.prompt_hash and n.prompt_hash and o.id <> n.id
				and (o.trained or o.reserved or o.deleted_at is not null)
				and ((n.split = 'validation' and (o.trained or o.reserved)) or (n.split = 'train' and o.split = 'validation'))
			order by o.prompt_hash limit 1
		) o
		union all
		select 'AI008', n.number, o.number
		from (select * from n where n.family is not null) n cross join lateral (
			select o.number from public.examples o
			where o.team_id = n.team_id and o.project_id = n.project_id and o.family between n.family and n.family and o.id <> n.id
				and ((n.split = 'validation' and (o.trained or o.reserved or (o.split = 'train' and o.deleted_at is null)))
					or (n.split = 'train' and o.split = 'validation'))
			order by o.family limit 1
		) o
		union all
		select 'AI009', n.number, null
		from (select * from n where n.split = 'validation') n cross join lateral (
			select from public.playground_pairs p
			where p.team_id = n.team_id and p.project_id = n.project_id and p.prompt_hash = n.prompt_hash and p.ordered
			limit 1
		) p
	) found limit 1;
	if leak.code = 'AI003' then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', leak.here, leak.there
			using errcode = 'AI003';
	end if;
	if leak.code = 'AI008' then
		raise exception 'Examples % and % nearly have the same prompt and cannot stand on both sides of the split', leak.here, leak.there
			using errcode = 'AI008', detail = leak.there::text;
	end if;
	if leak.code = 'AI009' then
		raise exception 'A run was sent the prompt of example % as a preference', leak.here using errcode = 'AI009';
	end if;
	return null;
end $$;

create or replace trigger examples_followed after update on examples
	referencing old table as old_rows new table as new_rows for each statement execute function follow_examples();
