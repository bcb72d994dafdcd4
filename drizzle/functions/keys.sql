-- Keys for scripts: asked before a team is known, by the SHA-256 of what came in the header.

-- Takes one request out of a bucket that holds `most` and fills within `seconds`: how many are left, and for how many seconds there
-- is none; null in `remaining` when this one was refused. A bucket is one moment, the one at which it will be full again. One that
-- lies further ahead than a whole filling comes from a clock that was set back, and counts as that.
create or replace function take_request(bucket text, most int, seconds float8) returns table (remaining int, wait float8)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
declare
	moment timestamptz := clock_timestamp();
	filling interval := make_interval(secs => seconds);
	each interval := make_interval(secs => seconds / most);
	fills timestamptz;
begin
	-- a missing bucket is a full one; of one that has not enough left, nothing is written
	insert into public.buckets as b (name, full_at) values (bucket, moment + each)
	on conflict (name) do update set full_at = greatest(least(b.full_at, moment + filling), moment) + each
		where greatest(least(b.full_at, moment + filling), moment) + each <= moment + filling
	returning b.full_at into fills;
	if found then
		remaining := floor(extract(epoch from moment + filling - fills) / extract(epoch from each));
		wait := 0;
	else
		remaining := null;
		wait := (
			select extract(epoch from greatest(least(b.full_at, moment + filling), moment) + each - filling - moment)
			from public.buckets b where b.name = bucket
		);
	end if;
	return next;
end $$;

-- Who comes in with this key, if it works: its team and what it may there, and the project of the address if it is its to see. To the end of
-- the transaction it is the one who acts. Nothing for one that is unknown, over or ended, whichever it is. When and from where it was
-- last used is written at most once a minute.
create or replace function act_with_key(hash bytea, project_slug text, from_address text)
	returns table (key_id uuid, key_name text, expires_at timestamptz, team_id uuid, slug text, team_name text, role text,
		project_ids uuid[], project json)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
#variable_conflict use_column
declare
	used_at timestamptz;
begin
	-- all of it in one question: every request of a script asks it
	select k.id, k.name, k.expires_at, k.team_id, t.slug, t.name, k.role, k.project_ids, k.last_used_at, row_to_json(p)
	into key_id, key_name, expires_at, team_id, slug, team_name, role, project_ids, used_at, project
	from public.api_keys k
		join public.teams t on t.id = k.team_id and t.deleted_at is null
		left join public.projects p on p.team_id = k.team_id and p.slug = project_slug and (k.project_ids is null or p.id = any (k.project_ids))
			and p.deleted_at is null
	where k.hash = act_with_key.hash and k.revoked_at is null and k.expires_at > now();
	if not found then
		return;
	end if;
	if used_at is null or used_at < now() - interval '1 minute' then
		-- a request that only looks does not wait for the disk because of it, and behind it all who come in with the same
		perform set_config('synchronous_commit', 'off', true);
		-- not while somebody holds it (assert_key): nobody waits for this
		update public.api_keys k set last_used_at = now(), last_used_from = from_address
		from (
			select l.team_id, l.id from public.api_keys l
			where l.team_id = act_with_key.team_id and l.id = key_id for no key update skip locked
		) free
		where k.team_id = free.team_id and k.id = free.id;
	end if;
	perform public.act_as(team_id, null, key_id, null, role, project_ids);
	return next;
end $$;

-- The same after one request was taken out of its bucket.
create or replace function enter_with_key(hash bytea, project_slug text, from_address text, most int, seconds float8)
	returns table (key_id uuid, key_name text, expires_at timestamptz, team_id uuid, slug text, team_name text, role text,
		project_ids uuid[], project json, remaining int, wait float8)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
begin
	return query
		select acting.*, taken.remaining, taken.wait
		from public.act_with_key(hash, project_slug, from_address) acting,
			public.take_request('api-key:' || acting.key_id, most, seconds) taken;
end $$;

-- The same for a key as `assert_authority` for a person: in the packet that opens its transaction, and held until the commit by what
-- changes something. AI020 when it has ended, or may something else by now.
create or replace function assert_key(team uuid, key uuid, acting_role text, acting_projects text, holding boolean) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	held record;
begin
	if holding then
		select k.role, k.project_ids, k.expires_at, k.revoked_at into held
		from public.api_keys k where k.team_id = team and k.id = key for share;
	else
		select k.role, k.project_ids, k.expires_at, k.revoked_at into held
		from public.api_keys k where k.team_id = team and k.id = key;
	end if;
	if held.role is distinct from acting_role
		or coalesce(array_to_string(held.project_ids, ','), 'all') <> acting_projects
		or held.revoked_at is not null or held.expires_at <= now()
		or not exists (select from public.teams t where t.id = team and t.deleted_at is null) then
		raise exception 'The rights of this key have changed' using errcode = 'AI020';
	end if;
end $$;

grant execute on function take_request(text, int, float8), enter_with_key(bytea, text, text, int, float8), act_with_key(bytea, text, text),
	assert_key(uuid, uuid, text, text, boolean) to app;
