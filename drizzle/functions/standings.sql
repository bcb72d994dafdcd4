-- Where each example stands in lists by rating and side (server/access/kinds.ts). An index of `examples` would do the same, but a row whose index
-- entries change is written somewhere else, with an entry in every other index: a rating cost 7 kB of log so, and costs less than half in place.
-- A definer function, because whoever adds one may write no standing. What a change moves is in follow.sql.

create or replace function place_examples() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	insert into public.example_standings (team_id, project_id, points, split, number, rating)
	select n.team_id, n.project_id, public.whole_points(n.rating), coalesce(n.split, ''), n.number, n.rating
	from new_rows n where n.deleted_at is null;
	return null;
end $$;

create or replace trigger examples_placed after insert on examples
	referencing new table as new_rows for each statement execute function place_examples();
