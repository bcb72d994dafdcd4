-- What jobs without a team may do.

-- The janitor's question: which teams have something open, billed or waited for, a revealed evaluation that has not been
-- counted, a training file whose prompts are not written down, an audit entry without a place, examples without a signature or without their marks, a key whose end nobody was told of (keys/jobs.ts), a
-- delivery that is overdue, a connection that was not looked at for models that nobody here knows of (connections/jobs.ts), or a
-- webhook whose end nobody was told of. It returns ids only; each team is then entered through its own scope.
create or replace function teams_with_open_work() returns setof uuid
	language sql stable security definer set search_path = '' as $$
	-- of a team that was deleted only what is paid for, and what was written down
	with closing as (
		select team_id from public.servings where status in ('starting', 'ready', 'stopping')
		union select team_id from public.runs where status not in ('draft', 'ready', 'failed', 'cancelled')
		union select team_id from public.runs where preparing is not null or settling
		union select team_id from public.audit_links where place is null
	), open as (
		select team_id from public.evaluations where status = 'generating' or (revealed_at is not null and result is null and kind = 'comparison')
		union select team_id from public.evaluations where revealed_at is not null and counted is null and kind = 'comparison'
		union select team_id from public.judgings where status = 'judging'
		union select r.team_id from public.runs r where not r.hashed and r.preparing is null and exists (
			select from public.run_files f where f.team_id = r.team_id and f.run_id = r.id and f.kind = 'train')
		union select p.team_id from public.projects p where p.deleted_at is null and p.next_example >= 32 * (1 + coalesce(
			(select max(s.block) + 1 from public.example_signatures s where s.team_id = p.team_id and s.project_id = p.id), 0))
		union select p.team_id from public.projects p
			where p.deleted_at is null and p.next_example > 1 and (p.marked < p.next_example - 1 or p.marked_by < 1 /* marksVersion */)
		union select team_id from public.webhook_deliveries where state = 'waiting' and next_at < now() - interval '1 minute'
		union select c.team_id from public.connections c
			where c.status <> 'refused' and (c.strays_at is null or c.strays_at < now() - interval '1 hour')
				and exists (select from public.runs r where r.team_id = c.team_id and r.connection_id = c.id and r.model_object is not null)
		union select team_id from public.webhook_endpoints where state = 'off' and mailed_at is null
		union select team_id from public.api_keys
			where mailed_at is null and revoked_at is null and rolled_at is null
				and expires_at > now() and expires_at < now() + interval '7 days'
	)
	select team_id from closing
	union select o.team_id from open o where not public.is_team_deleted(o.team_id)
$$;

-- After the first part of a large import: whoever serves owns no table, so may not analyze one. Where somebody else is at the table, it does
-- without, at once: a vacuum that is waited for gives up after a second, and would never come to an end beside imports. In a large table only how many rows
-- each project has is looked at anew, which takes half the time; what else there is to know of it changes little, and autovacuum still looks at it
-- when it is its turn, since rows of which only some columns were looked at count as not looked at.
create or replace function refresh_statistics() returns void
	language plpgsql security definer set search_path = '' as $$
begin
	if pg_catalog.pg_relation_size('public.examples') < 32 * 1024 * 1024 then
		analyze (skip_locked) public.examples;
	else
		analyze (skip_locked) public.examples (team_id, project_id);
	end if;
end $$;

-- What goes over all pages of a project logs each of them whole once, and does so as it is until its transaction ends: to compress it, as the built-in Postgres
-- does (server/platform/db/embedded.ts), takes as long as to change all that stands on it. Where the owner may not say so, as on most hosts, nothing is
-- compressed unless somebody wanted it.
create or replace function log_pages_as_they_are() returns void
	language plpgsql security definer set search_path = '' as $$
begin
	if pg_catalog.has_parameter_privilege('wal_compression', 'set') then
		perform pg_catalog.set_config('wal_compression', 'off', true);
	end if;
end $$;

-- Asked by a process that does not bring the database up to date itself: when the newest migration that was applied here was made.
create or replace function newest_migration() returns bigint
	language sql stable security definer set search_path = '' as 'select max(created_at) from drizzle.__drizzle_migrations';

grant execute on function teams_with_open_work(), refresh_statistics(), log_pages_as_they_are(), newest_migration() to app;
