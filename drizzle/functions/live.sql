-- What the hub of live pages asks before it enters a team.

-- Once for a whole process: up to where this looks (a snapshot), and which of these teams have news that the snapshot `heard` did not
-- see. Each of them is then looked at through a scope of its own.
create or replace function teams_with_news(teams uuid[], heard text) returns table (upto text, changed uuid[])
	language sql stable security definer set search_path = '' as $$
	select pg_current_snapshot()::text, array(
		select asked.team from unnest(teams) as asked(team)
		where exists (
			select 1 from public.outbox
			where outbox.team_id = asked.team and outbox.xid >= pg_snapshot_xmin(heard::pg_snapshot)
				and not pg_visible_in_snapshot(outbox.xid, heard::pg_snapshot)
		)
	)
$$;

-- From which transaction on the outbox has all that was written. Its parts are unlogged, and so is the row that says this: a database that crashed, or
-- a standby that took over, begins with all of them empty, and whoever asks first writes down since when. Who has heard up to before is told that
-- everything may have changed.
create or replace function outbox_begun() returns xid8 language plpgsql security definer set search_path = '' as $$
declare
	begun xid8;
begin
	select b.xid into begun from parts.outbox_begun b;
	if begun is null then
		insert into parts.outbox_begun (xid) values (pg_snapshot_xmax(pg_current_snapshot())) on conflict do nothing;
		select b.xid into begun from parts.outbox_begun b;
	end if;
	return begun;
end $$;

-- Empties the part of the outbox in which the hour before the last wrote, as a whole, and says how many rows those were. Nobody waits for it
-- longer than a fifth of a second: where somebody still writes to it, or reads, it is left for the next time. A page that comes back after
-- more than an hour asks for everything, whatever is left.
create or replace function empty_outbox() returns int language plpgsql security definer set search_path = '' set lock_timeout = '200ms' as $$
declare
	hour constant int := extract(hour from clock_timestamp() at time zone 'UTC');
	part constant text := 'parts.outbox_' || (hour + 1) % 3;
	removed int;
	is_logged boolean := (select c.relpersistence = 'p' from pg_catalog.pg_class c where c.oid = part::regclass);
begin
	execute 'select count(*) from ' || part into removed;
	if removed > 0 or is_logged then
		execute format('lock table %s in access exclusive mode', part);
		-- whoever waited for it over the full hour would take what is new
		if extract(hour from clock_timestamp() at time zone 'UTC') <> hour then
			return 0;
		end if;
		execute 'truncate ' || part;
		-- of an earlier version: made so while it is empty, nobody waits for it
		if is_logged then
			execute format('alter table %s set unlogged', part);
		end if;
	end if;
	return removed;
exception when lock_not_available then
	return 0;
end $$;

grant execute on function teams_with_news(uuid[], text), outbox_begun(), empty_outbox() to app;
