-- Personal tokens and the way to them: a program asks with a code of its own, the person confirms in the browser with another, the
-- program asks again and has its token. Whoever serves names the SHA-256 of what was shown, and lists nobody's.

-- A program asks. Both codes are good for ten minutes.
create or replace function begin_device(device bytea, code bytea, called text, from_address text) returns void
	language sql security definer set search_path = '' as $$
	insert into public.device_requests (device_hash, user_hash, name, address, expires_at, wait_seconds)
	values (device, code, called, from_address, now() + interval '10 minutes', 5)
$$;

-- What the page shows of a request that nobody has answered; changes nothing.
create or replace function device_by_code(code bytea) returns table (name text, address text, created_at timestamptz)
	language sql stable rows 1 security definer set search_path = '' as $$
	select d.name, d.address, d.created_at from public.device_requests d
	where d.user_hash = code and d.expires_at > now() and d.refused_at is null and d.person_id is null
$$;

-- The person's answer, once: of two presses the first counts. With a team of theirs it is yes, and written down in that team; without
-- one it is no. `gone`: nobody waits for it any more; `stranger`: they are not in that team; `full`: they have as many tokens as
-- anybody can look through.
create or replace function answer_device(code bytea, person uuid, team uuid, most int, request uuid, from_address text) returns text
	language plpgsql security definer set search_path = '' as $$
declare
	asked public.device_requests;
begin
	select d.* into asked from public.device_requests d
	where d.user_hash = code and d.expires_at > now() and d.refused_at is null and d.person_id is null for update;
	if asked.device_hash is null then
		return 'gone';
	elsif team is null then
		update public.device_requests d set refused_at = now() where d.device_hash = asked.device_hash;
		return 'refused';
	end if;
	-- held, so that whoever is removed meanwhile has no entry after that
	perform from public.members m join public.teams t on t.id = m.team_id
	where m.team_id = team and m.person_id = person and t.deleted_at is null for share of m;
	if not found then
		return 'stranger';
	end if;
	-- their presses wait for each other, so that none of them counts too few; what is confirmed and not taken yet will be one too
	perform pg_advisory_xact_lock(hashtextextended(person::text, 10));
	if (select count(*) from public.personal_tokens t where t.person_id = person and t.expires_at > now())
		+ (select count(*) from public.device_requests d where d.person_id = person and d.expires_at > now()) >= most then
		return 'full';
	end if;
	update public.device_requests d set person_id = person, chosen_team = team where d.device_hash = asked.device_hash;
	insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
	values (team, person, 'token.confirmed', person, json_build_object('name', asked.name, 'from', asked.address), request, from_address);
	return 'confirmed';
end $$;

-- The program asks how it stands, with the hash of the token it will get. `pending`, `hurried` (it did not wait, and has to wait longer
-- now), `refused`, `gone`; or `taken`: the request is used up, and this is the token. The step of hand_token, and what the version before asks.
create or replace function take_device(device bytea, token bytea, shown text, from_address text)
	returns table (outcome text, wait_seconds int, token_id uuid, expires_at timestamptz, person text, email text,
		team_id uuid, slug text, team_name text, role text, project_ids uuid[])
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
declare
	asked public.device_requests;
	early boolean;
begin
	-- the membership first, as a removal does, which takes along what hangs on it: neither holds what the other waits for
	perform from public.members m
	where (m.team_id, m.person_id) = (select d.chosen_team, d.person_id from public.device_requests d where d.device_hash = device)
	for key share;
	select d.* into asked from public.device_requests d where d.device_hash = device and d.expires_at > now() for update;
	outcome := case when asked.device_hash is null then 'gone' when asked.refused_at is not null then 'refused' else 'pending' end;
	if outcome = 'gone' then
		return next;
		return;
	end if;
	if outcome = 'refused' then
		delete from public.device_requests d where d.device_hash = device;
		return next;
		return;
	end if;
	-- a second of grace: what leaves on time may arrive closer together
	early := asked.asked_at > clock_timestamp() - make_interval(secs => asked.wait_seconds - 1);
	update public.device_requests d set asked_at = clock_timestamp(),
		wait_seconds = least(60, d.wait_seconds + case when early then 5 else 0 end)
	where d.device_hash = device returning d.wait_seconds into wait_seconds;
	if early then
		outcome := 'hurried';
	elsif asked.person_id is not null then
		delete from public.device_requests d where d.device_hash = device;
		insert into public.personal_tokens as t (team_id, person_id, name, hash, hint, expires_at, last_used_from)
		values (asked.chosen_team, asked.person_id, asked.name, token, shown, now() + interval '90 days', from_address)
		returning 'taken', t.id, t.expires_at into outcome, token_id, expires_at;
		select p.name, p.email, m.team_id, s.slug, s.name, m.role, m.project_ids
		into person, email, team_id, slug, team_name, role, project_ids
		from public.members m join public.people p on p.id = m.person_id join public.teams s on s.id = m.team_id
		where m.team_id = asked.chosen_team and m.person_id = asked.person_id;
	end if;
	return next;
end $$;

-- The same, and writes down in whose hands a token is from now on.
create or replace function hand_token(device bytea, token bytea, shown text, request uuid, from_address text)
	returns table (outcome text, wait_seconds int, token_id uuid, expires_at timestamptz, person text, email text,
		team_id uuid, slug text, team_name text, role text, project_ids uuid[])
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
begin
	select t.* into outcome, wait_seconds, token_id, expires_at, person, email, team_id, slug, team_name, role, project_ids
	from public.take_device(device, token, shown, from_address) t;
	if outcome = 'taken' then
		insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
		select t.team_id, t.person_id, 'token.taken', t.id, json_build_object('name', t.name, 'hint', t.hint), request, from_address
		from public.personal_tokens t where t.hash = token;
	end if;
	return next;
end $$;

-- Who comes in with this token, as `act_with_key` says it of a key: its person, with what they are in its team.
create or replace function act_with_token(hash bytea, project_slug text, from_address text)
	returns table (token_id uuid, person_id uuid, team_id uuid, slug text, team_name text, role text, project_ids uuid[], project json)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
declare
	found_token public.personal_tokens;
	member public.members;
begin
	select t.* into found_token from public.personal_tokens t
	where t.hash = act_with_token.hash and t.expires_at > now()
		and exists (select from public.teams s where s.id = t.team_id and s.deleted_at is null)
		-- one that was confirmed while the account was being deleted
		and exists (select from public.people p where p.id = t.person_id and p.deleted_at is null);
	if found_token.id is null then
		return;
	end if;
	if found_token.last_used_at is null or found_token.last_used_at < now() - interval '1 minute' then
		-- a request that only looks does not wait for the disk because of it, and behind it all who come in with the same
		perform set_config('synchronous_commit', 'off', true);
		-- not while somebody holds it (assert_token): nobody waits for this
		update public.personal_tokens t set last_used_at = now(), last_used_from = from_address
		from (
			select l.team_id, l.id from public.personal_tokens l
			where l.team_id = found_token.team_id and l.id = found_token.id for no key update skip locked
		) free
		where t.team_id = free.team_id and t.id = free.id;
	end if;
	select m.* into member from public.members m where m.team_id = found_token.team_id and m.person_id = found_token.person_id;
	perform public.act_as(member.team_id, member.person_id, null, found_token.id, member.role, member.project_ids);
	return query
		select found_token.id, member.person_id, s.id, s.slug, s.name, member.role, member.project_ids,
			public.project_at(project_slug, member.team_id, member.project_ids)
		from public.teams s where s.id = member.team_id;
end $$;

-- The same after one request was taken out of its bucket.
create or replace function enter_with_token(hash bytea, project_slug text, from_address text, most int, seconds float8)
	returns table (token_id uuid, person_id uuid, team_id uuid, slug text, team_name text, role text, project_ids uuid[],
		project json, remaining int, wait float8)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
begin
	return query
		select acting.*, taken.remaining, taken.wait
		from public.act_with_token(hash, project_slug, from_address) acting,
			public.take_request('personal-token:' || acting.token_id, most, seconds) taken;
end $$;

-- The same for a token as `assert_authority` for a session: is the person still in the team with the very role and projects, and has
-- the token not ended? What changes something holds both until the commit. AI020 when something is different.
create or replace function assert_token(team uuid, person uuid, token uuid, acting_role text, acting_projects text, holding boolean) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	held record;
begin
	if holding then
		select m.role, m.project_ids into held from public.members m where m.team_id = team and m.person_id = person for share;
		perform from public.personal_tokens t
		where t.team_id = team and t.id = token and t.person_id = person and t.expires_at > now() for share;
	else
		select m.role, m.project_ids into held from public.members m where m.team_id = team and m.person_id = person;
		perform from public.personal_tokens t
		where t.team_id = team and t.id = token and t.person_id = person and t.expires_at > now();
	end if;
	if not found or held.role is distinct from acting_role
		or coalesce(array_to_string(held.project_ids, ','), 'all') <> acting_projects
		or not exists (select from public.teams t where t.id = team and t.deleted_at is null) then
		raise exception 'The rights of this person have changed' using errcode = 'AI020';
	end if;
end $$;

-- The person's tokens that work, the newest first.
create or replace function tokens_of(person uuid)
	returns table (id uuid, name text, hint text, team text, slug text, created_at timestamptz, expires_at timestamptz,
		last_used_at timestamptz, last_used_from text)
	language sql stable rows 10 security definer set search_path = '' as $$
	select t.id, t.name, t.hint, s.name, s.slug, t.created_at, t.expires_at, t.last_used_at, t.last_used_from
	from public.personal_tokens t join public.teams s on s.id = t.team_id
	where t.person_id = person and t.expires_at > now() and s.deleted_at is null
	order by t.created_at desc, t.id desc
$$;

-- Ends one of the person's own, and writes it down in its team, which it returns; nothing when it is none of theirs, or has ended.
create or replace function end_token(token uuid, person uuid, request uuid, from_address text) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	ended record;
begin
	delete from public.personal_tokens t where t.id = token and t.person_id = person returning t.team_id, t.name, t.hint into ended;
	if ended.team_id is null then
		return null;
	end if;
	insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
	values (ended.team_id, person, 'token.ended', token, json_build_object('name', ended.name, 'hint', ended.hint), request, from_address);
	return ended.team_id;
end $$;

grant execute on function begin_device(bytea, bytea, text, text), device_by_code(bytea),
	answer_device(bytea, uuid, uuid, int, uuid, text), take_device(bytea, bytea, text, text),
	hand_token(bytea, bytea, text, uuid, text), enter_with_token(bytea, text, text, int, float8), act_with_token(bytea, text, text),
	assert_token(uuid, uuid, uuid, text, text, boolean), tokens_of(uuid), end_token(uuid, uuid, uuid, text) to app;
