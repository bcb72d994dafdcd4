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
	gone_over uuid[];
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
	-- Counters. Of each row, what it was is taken away and what it is added; what is deleted is neither.
	for place in select n.team_id, n.project_id from new_rows n group by 1, 2 loop
		free := public.free_slot(place.project_id);
		perform public.add_counts(array(
			select row(place.team_id, place.project_id, free, alike.side, public.whole_points(alike.rating), alike.rewritten, alike.trained,
				sum(alike.count), sum(alike.tokens), coalesce(sum(alike.count * alike.rating::numeric), 0), sum(alike.changes))::public.example_counts
			from (
				-- first what is alike, since a rating becomes an exact number so much more slowly than it is compared
				select x.side, x.rating, x.rewritten, x.trained, sum(x.step) as count, sum(x.step * x.tokens) as tokens, count(*) as changes
				from (
					select coalesce(n.split, '') as side, n.rating, n.rewrite is not null as rewritten, n.trained, n.tokens, 1 as step
					from new_rows n
					where n.team_id = place.team_id and n.project_id = place.project_id and n.deleted_at is null
					union all
					select coalesce(o.split, ''), o.rating, o.rewrite is not null, o.trained, o.tokens, -1
					from old_rows o
					where o.team_id = place.team_id and o.project_id = place.project_id and o.deleted_at is null
				) x
				group by 1, 2, 3, 4
			) alike
			group by alike.side, public.whole_points(alike.rating), alike.rewritten, alike.trained
		));
	end loop;
	-- what is deleted takes everybody's score of it along, and brings it back; hardly any change has such a row
	if exists (select from old_rows o where o.deleted_at is not null) or exists (select from new_rows n where n.deleted_at is not null) then
		for moved in
			-- not joined with what was, as below
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
	-- The lock.
	-- What was is taken away from what is, and not joined with it: a plan that was made for a rating would compare each with each. For the same reason
	-- it is asked in parentheses whether a row moved: from a table in memory, where `= any (gone_over)` would go along the list for each.
	select array_agg(x.id) into gone_over from (
		select n.id, n.split, n.prompt_hash, n.deleted_at is null from new_rows n
		where n.split is not null and (n.deleted_at is null or n.split = 'validation')
		except
		select o.id, o.split, o.prompt_hash, was.there from old_rows o cross join (values (true), (false)) was (there)
		where o.deleted_at is null or not was.there
	) x;
	if gone_over is not null then
		perform pg_advisory_xact_lock(hashtextextended(held.project_id::text, 1))
		from (select distinct project_id from new_rows order by project_id) held;
		-- One question, so that those that moved are looked for once: a prompt that another example there has, one that an example holds although it may be
		-- deleted, what nearly asks the same, as far as they have been compared, and what a run was sent as a preference.
		with n as materialized (
			select x.team_id, x.project_id, x.id, x.number, x.prompt_hash, x.family, x.split from new_rows x where (x.id in (select unnest(gone_over))) is true
		)
		select * into leak from (
			select 'AI003' as code, n.number as here, o.number as there
			from n cross join lateral (
				select o.number from public.examples o
				where o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash = n.prompt_hash and o.id <> n.id and o.deleted_at is null
					and ((n.split = 'validation' and (o.trained or o.reserved or o.split = 'train')) or (n.split = 'train' and o.split = 'validation'))
				order by o.content_hash limit 1
			) o
			union all
			select 'AI003', n.number, o.number
			from n cross join lateral (
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
	end if;
	-- Standings. Whoever changes an example has its row, so nobody else changes its standing. A connection keeps the plan it made first: one made for a few
	-- must do for a million, and the other way round. So what was and what is are joined in full, for which nothing ever compares each with each; and
	-- each standing is looked up by its key, since a plan made for a million would read everybody's.
	with moved as materialized (
		select n.team_id, n.project_id, n.number, public.whole_points(n.rating) as points, coalesce(n.split, '') as split, n.rating,
			public.whole_points(o.rating) as old_points, coalesce(o.split, '') as old_split,
			n.deleted_at is null as stands, o.deleted_at is null as stood
		from new_rows n full join old_rows o on o.team_id = n.team_id and o.id = n.id
		where (n.rating, n.split, n.deleted_at is null) is distinct from (o.rating, o.split, o.deleted_at is null)
	), found as materialized (
		select m.*, at.ctid from moved m cross join lateral (
			select s.ctid from public.example_standings s
			where s.team_id = m.team_id and s.project_id = m.project_id and s.points = m.old_points and s.split = m.old_split and s.number = m.number
			offset 0
		) at
		where m.stood
	), come as (
		insert into public.example_standings (team_id, project_id, points, split, number, rating)
		select m.team_id, m.project_id, m.points, m.split, m.number, m.rating from moved m where m.stands and not m.stood
	), gone as (
		delete from public.example_standings s using found f where s.ctid = f.ctid and not f.stands
	)
	update public.example_standings s set points = f.points, split = f.split, rating = f.rating
	from found f where s.ctid = f.ctid and f.stands;
	return null;
end $$;

create or replace trigger examples_followed after update on examples
	referencing old table as old_rows new table as new_rows for each statement execute function follow_examples();
