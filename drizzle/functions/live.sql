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

grant execute on function teams_with_news(uuid[], text) to app;
