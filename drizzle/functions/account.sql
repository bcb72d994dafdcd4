-- Persons and their sessions, which are known before the team is. Whoever serves has nothing of the tables: it names an address that
-- was just proved, or the SHA-256 of what is in a cookie, and cannot list either.

-- The person with this address, made when it is their first time.
create or replace function person_with(address text, called text) returns table (id uuid, is_new boolean)
	language sql rows 1 security definer set search_path = '' as $$
	-- xmax is 0 in a row that this very statement has made
	insert into public.people as p (email, name) values (address, called)
	on conflict (email) do update set email = excluded.email
	returning p.id, p.xmax = 0
$$;

-- What a person is called from now on, and writes down in their teams that it is another name.
create or replace function call_person(person uuid, called text, request uuid, from_address text) returns void
	language plpgsql security definer set search_path = '' as $$
begin
	update public.people p set name = called where p.id = person and p.name is distinct from called;
	if found then
		perform public.write_down_of_account(person, 'member.renamed', request, from_address);
	end if;
end $$;

-- The same without a word of it: of the version before.
create or replace function rename_person(person uuid, called text) returns void
	language sql security definer set search_path = '' as $$
	update public.people p set name = called where p.id = person
$$;

-- What a person wants to be told by mail; null where they have not said.
create or replace function mail_wishes_of(person uuid) returns table (verdicts boolean, runs boolean)
	language sql stable rows 1 security definer set search_path = '' as $$
	select p.mail_verdicts, p.mail_runs from public.people p where p.id = person and p.deleted_at is null
$$;

-- Null leaves a wish as it is. Whether there is such a person.
create or replace function wish_mails(person uuid, of_verdicts boolean, of_runs boolean) returns boolean
	language sql security definer set search_path = '' as $$
	with changed as (
		update public.people p set mail_verdicts = coalesce(of_verdicts, p.mail_verdicts), mail_runs = coalesce(of_runs, p.mail_runs)
		where p.id = person and p.deleted_at is null
		returning p.id
	)
	select exists (select from changed)
$$;

-- When a session is over: 30 days after its last use, which is what `expires_at` says, and 90 days after the sign-in in any case.
create or replace function session_ends(expires_at timestamptz, created_at timestamptz) returns timestamptz
	language sql stable parallel safe as $$ select least(expires_at, created_at + interval '90 days') $$;

-- Asked with every request: whose cookie is it, if its session is still open? (plpgsql, since that keeps its plan between calls
-- in every version that we run on.)
create or replace function session_by_hash(hash bytea)
	returns table (handle uuid, person_id uuid, email text, name text, expires_at timestamptz, created_at timestamptz)
	language plpgsql stable rows 1 security definer set search_path = '' as $$
begin
	return query
		select s.handle, s.person_id, p.email, p.name, s.expires_at, s.created_at
		from public.sessions s join public.people p on p.id = s.person_id
		-- whoever signs in while their account is being deleted elsewhere has a session, and is not in
		where s.id_hash = hash and public.session_ends(s.expires_at, s.created_at) > now() and p.deleted_at is null;
end $$;

create or replace function start_session(hash bytea, person uuid, until timestamptz, device text) returns void
	language sql security definer set search_path = '' as $$
	insert into public.sessions (id_hash, person_id, expires_at, user_agent) values (hash, person, until, device)
$$;

-- Not past its end (session_ends): the janitor goes by `expires_at` alone.
create or replace function extend_session(hash bytea, until timestamptz) returns void
	language sql security definer set search_path = '' as $$
	update public.sessions s set expires_at = public.session_ends(until, s.created_at) where s.id_hash = hash
$$;

create or replace function end_session(hash bytea) returns void
	language sql security definer set search_path = '' as $$
	delete from public.sessions s where s.id_hash = hash
$$;

-- One of the person's sessions, by its public handle; all of them without one.
create or replace function end_sessions_of(person uuid, which uuid default null) returns void
	language sql security definer set search_path = '' as $$
	delete from public.sessions s where s.person_id = person and (which is null or s.handle = which)
$$;

-- Asked in the transaction of what a person does outside any team: is the session still open with which the request came in? Whoever ends
-- it waits until that is over, or was first. Asked at its end: whoever deletes an account holds what hangs on a person first, and their
-- sessions last. AI021 when it is not.
create or replace function assert_session(person uuid, session uuid) returns void language plpgsql security definer set search_path = '' as $$
begin
	perform from public.sessions s
	where s.handle = session and s.person_id = person and public.session_ends(s.expires_at, s.created_at) > now() for key share;
	if not found then
		raise exception 'This session is over' using errcode = 'AI021';
	end if;
end $$;

-- The same before what ends sessions: two who end each other wait here, in one order, and the second is none any more.
create or replace function assert_session_ending(person uuid, session uuid) returns void
	language plpgsql security definer set search_path = '' as $$
begin
	perform from public.sessions s where s.person_id = person order by s.id_hash for update;
	perform public.assert_session(person, session);
end $$;

-- Where the person is signed in, the newest first.
create or replace function sessions_of(person uuid) returns table (handle uuid, user_agent text, created_at timestamptz)
	language sql stable rows 10 security definer set search_path = '' as $$
	select s.handle, s.user_agent, s.created_at
	from public.sessions s
	where s.person_id = person and public.session_ends(s.expires_at, s.created_at) > now()
	order by s.created_at desc
$$;

grant execute on function person_with(text, text), rename_person(uuid, text), call_person(uuid, text, uuid, text), mail_wishes_of(uuid), wish_mails(uuid, boolean, boolean), session_by_hash(bytea),
	start_session(bytea, uuid, timestamptz, text), extend_session(bytea, timestamptz), end_session(bytea),
	end_sessions_of(uuid, uuid), sessions_of(uuid), assert_session(uuid, uuid), assert_session_ending(uuid, uuid) to app;
