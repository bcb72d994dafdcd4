-- What the janitor removes: what is over, and what is old. Of every team, so it is no policy's; whoever serves can remove nothing of it
-- otherwise, and not sooner than this, whatever it says.

-- Removes at most so many rows of a table and says how many those were. `days`: how long a log is kept, at least a week.
create or replace function purge(what text, days int, most int) returns int language plpgsql security definer set search_path = '' as $$
declare
	removed int := 0;
	part int;
	emptied int;
	place record;
	since timestamptz := now() - make_interval(days => greatest(days, 7));
	is_over text := case what
		when 'sessions' then 'expires_at < now()'
		when 'sign_ins' then 'expires_at < now()'
		when 'device_requests' then 'expires_at < now()'
		when 'personal_tokens' then 'expires_at < now()'
		when 'rate_limits' then 'resets_at < now()'
		-- a full one says nothing that a missing one does not
		when 'buckets' then 'full_at < now()'
		when 'named_requests' then 'created_at < now() - interval ''24 hours'''
		when 'webhook_deliveries' then 'created_at < $2 and state <> ''waiting'''
		-- the texts of refused lines; how many there were stays
		when 'imports' then 'created_at < $2 and refusals::text <> ''[]'''
	end;
	deed text := case what
		when 'imports' then 'update public.imports set refusals = ''[]'''
		else format('delete from public.%I', what)
	end;
begin
	-- of an entry that is gone its link stays, and says since when: the chain holds. One that has no place yet is no entry of a chain.
	if what = 'audit_entries' then
		with old as (
			select e.team_id, e.id from public.audit_entries e join public.audit_links l on l.team_id = e.team_id and l.entry_id = e.id
			where e.created_at < now() - make_interval(days => greatest(days, 365)) and l.place is not null
			order by e.created_at limit most for update of e skip locked
		), marked as (
			update public.audit_links l set purged_at = now() from old where l.team_id = old.team_id and l.entry_id = old.id
		)
		delete from public.audit_entries e using old where e.team_id = old.team_id and e.id = old.id;
		get diagnostics removed = row_count;
		return removed;
	end if;
	-- Of a file that a run has sent: first it is said to be gone, an hour later its parts go: whoever reads it has begun before. Which it was, and of what
	-- it was made, stays.
	if what = 'run_files' then
		update public.run_files x set body = null, parts = 0, removed_at = now() where x.ctid = any (array(
			select f.ctid from public.run_files f join public.runs r on r.team_id = f.team_id and r.id = f.run_id
			where f.removed_at is null and r.status in ('ready', 'failed', 'cancelled')
				and coalesce(r.finished_at, r.created_at) < now() - make_interval(days => greatest(days, 30))
			limit most for update of f skip locked));
		get diagnostics emptied = row_count;
		if emptied = most then
			return emptied;
		end if;
		delete from public.run_file_parts p where p.ctid = any (array(
			select p.ctid from public.run_files f
				join public.run_file_parts p on p.team_id = f.team_id and p.run_id = f.run_id and p.kind = f.kind
			where f.removed_at < now() - interval '1 hour'
			limit most - emptied for update of p skip locked));
		get diagnostics removed = row_count;
		return removed + emptied;
	end if;
	-- What was answered for nobody: its comparison has failed, and nobody let it go on. Then it is answered anew; who lets it go on waits for this.
	if what = 'outputs' then
		with left_alone as (
			select e.team_id, e.id from public.evaluations e
			where e.status = 'failed' and e.revealed_at is null and e.wanted_at < now() - make_interval(days => greatest(days, 90))
			for update of e skip locked
		)
		delete from public.outputs o where (o.team_id, o.id) in (
			select o.team_id, o.id from left_alone e
				join public.pairings p on p.team_id = e.team_id and p.evaluation_id = e.id
				join public.outputs o on o.team_id = p.team_id and o.pairing_id = p.id
			limit most);
		get diagnostics removed = row_count;
		return removed;
	end if;
	-- project by project, the oldest first: no index has them by their time alone, which each rating would pay for
	if what = 'activities' then
		for place in select p.team_id, p.id from public.projects p where since > (
			select a.created_at from public.activities a where a.team_id = p.team_id and a.project_id = p.id order by a.seq limit 1
		) loop
			delete from public.activities where created_at < since and ctid = any (array(
				select a.ctid from public.activities a where a.team_id = place.team_id and a.project_id = place.id
				order by a.seq limit most - removed for update skip locked
			));
			get diagnostics part = row_count;
			removed := removed + part;
			exit when removed >= most;
		end loop;
		return removed;
	end if;
	-- the version before asks for it here
	if what = 'outbox' then
		return public.empty_outbox();
	end if;
	if is_over is null then
		raise exception 'nothing is removed from %', what;
	end if;
	execute format('%s where ctid = any (array(select ctid from public.%I where %s limit $1 for update skip locked))', deed, what, is_over)
		using most, since;
	get diagnostics removed = row_count;
	return removed;
end
$$;

grant execute on function purge(text, int, int) to app;
