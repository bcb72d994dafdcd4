-- Where each example stands in lists by rating and side (server/access/kinds.ts). An index of `examples` would do the same, but a row whose index
-- entries change is written somewhere else, with an entry in every other index: a rating cost 7 kB of log so, and costs less than half in place.
-- These are definer functions, because whoever rates may write no standing.

create or replace function place_examples() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	insert into public.example_standings (team_id, project_id, points, split, number, rating)
	select n.team_id, n.project_id, public.whole_points(n.rating), coalesce(n.split, ''), n.number, n.rating
	from new_rows n where n.deleted_at is null;
	return null;
end $$;

create or replace trigger examples_placed after insert on examples
	referencing new table as new_rows for each statement execute function place_examples();

-- Whoever changes an example has its row, so nobody else changes its standing. A connection keeps the plan it made first: one made for a rating
-- must do for a million, and the other way round. So what was and what is are joined in full, for which nothing ever compares each with each; and
-- each standing is looked up by its key, since a plan made for a million would read everybody's. One row that is there, as a rating
-- changes it, goes a way of its own, as it does in totals.sql.
create or replace function move_examples() returns trigger language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
	one record;
begin
	select (select count(*) from new_rows) as rows, n.deleted_at is null and o.deleted_at is null as stays, n.team_id, n.project_id, n.number,
		public.whole_points(o.rating) as old_points, coalesce(o.split, '') as old_split, o.rating as old_rating,
		public.whole_points(n.rating) as points, coalesce(n.split, '') as split, n.rating
	into one from new_rows n, old_rows o limit 1;
	if one.rows = 1 and one.stays then
		if (one.rating, one.split) is distinct from (one.old_rating, one.old_split) then
			update public.example_standings s set points = one.points, split = one.split, rating = one.rating
			where s.team_id = one.team_id and s.project_id = one.project_id and s.points = one.old_points and s.split = one.old_split
				and s.number = one.number;
		end if;
		return null;
	end if;
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

create or replace trigger examples_moved after update on examples
	referencing old table as old_rows new table as new_rows for each statement execute function move_examples();
