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
-- must do for a million, and the other way round. So what was and what is are put together by a full join, which is never done by comparing each with
-- each, as another join that was made for one row is; and each standing is looked up by its key, since one made for a million would read everybody's.
create or replace function move_examples() returns trigger language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
begin
	with moved as materialized (
		select coalesce(n.team_id, o.team_id) as team_id, coalesce(n.project_id, o.project_id) as project_id, coalesce(n.number, o.number) as number,
			public.whole_points(n.rating) as points, n.split, n.rating, public.whole_points(o.rating) as old_points, o.split as old_split,
			n.split is not null as stands, o.split is not null as stood
		from (select n.team_id, n.project_id, n.number, n.rating, coalesce(n.split, '') as split from new_rows n where n.deleted_at is null) n
		full join (select o.team_id, o.project_id, o.number, o.rating, coalesce(o.split, '') as split from old_rows o where o.deleted_at is null) o
			on o.number = n.number and o.project_id = n.project_id and o.team_id = n.team_id
		where n.split is distinct from o.split or n.rating is distinct from o.rating
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
