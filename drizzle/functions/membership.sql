-- What is asked before the team is known, and acts on one's own membership: each definer function answers one question.

-- Whether a team has an owner besides this person; one whose account was deleted is none.
create or replace function has_owner(team uuid, besides uuid) returns boolean language sql stable set search_path = '' as $$
	select exists (
		select from public.members m join public.people p on p.id = m.person_id
		where m.team_id = team and m.role = 'owner' and m.person_id is distinct from besides and p.deleted_at is null
	)
$$;

-- A team always has an owner. Its row makes two owners who leave at the same moment wait for each other: the second looks when
-- the first is gone. A team that was deleted needs none.
create or replace function keep_an_owner() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	if old.role <> 'owner' then
		return null;
	end if;
	perform from public.teams t where t.id = old.team_id and t.deleted_at is null for no key update;
	if found and not public.has_owner(old.team_id, null) then
		raise exception 'A team needs an owner' using errcode = 'AI005';
	end if;
	return null;
end $$;

create or replace trigger members_keep_an_owner after update or delete on members
	for each row execute function keep_an_owner();

-- Where this person is a member, the oldest first.
create or replace function memberships_of(person uuid)
	returns table (team_id uuid, slug text, name text, role text, project_ids uuid[])
	language sql stable security definer set search_path = '' as $$
	select m.team_id, t.slug, t.name, m.role, m.project_ids
	from public.members m join public.teams t on t.id = m.team_id
	where m.person_id = person and t.deleted_at is null
	order by m.created_at, t.slug
$$;

-- The project of an address, for whoever may see these; null: all. A step of functions that know who asks, with their rights; in
-- plpgsql, since a function in SQL that is not inlined is planned anew by each statement.
create or replace function project_at(project_slug text, team uuid, seen uuid[]) returns json language plpgsql stable as $$
begin
	return (
		select row_to_json(p) from public.projects p
		where p.team_id = team and p.slug = project_slug and (seen is null or p.id = any (seen)) and p.deleted_at is null
	);
end $$;

-- From here to the end of the transaction this is who acts, as a scope says it (access/scope.ts). A step of functions that have found out.
create or replace function act_as(team uuid, person uuid, key uuid, token uuid, role text, seen uuid[]) returns void language plpgsql as $$
begin
	perform set_config('app.team_id', team::text, true), set_config('app.user_id', coalesce(person::text, ''), true),
		set_config('app.key_id', coalesce(key::text, ''), true), set_config('app.token_id', coalesce(token::text, ''), true),
		set_config('app.role', role, true), set_config('app.project_ids', coalesce(array_to_string(seen, ','), 'all'), true);
end $$;

-- Asked once for every request below a team, before any scope is: where this person is a member, the oldest first, and, beside
-- the team they enter, the project of the address if it is theirs to see.
create or replace function enter_team(person uuid, team_slug text, project_slug text)
	returns table (team_id uuid, slug text, name text, role text, project_ids uuid[], project json)
	language plpgsql stable rows 2 security definer set search_path = '' as $$
begin
	return query
		select m.team_id, t.slug, t.name, m.role, m.project_ids,
			case when t.slug = team_slug then public.project_at(project_slug, m.team_id, m.project_ids) end
		from public.members m join public.teams t on t.id = m.team_id
		where m.person_id = person and t.deleted_at is null
		order by m.created_at, t.slug;
end $$;

-- What whoever has this open session may do in a team; a stream that stays open asks again and again.
create or replace function rights_of_session(session uuid, team uuid) returns table (role text, project_ids uuid[])
	language sql stable rows 1 security definer set search_path = '' as $$
	select m.role, m.project_ids
	from public.sessions s join public.members m on m.person_id = s.person_id join public.teams t on t.id = m.team_id
	where s.handle = session and public.session_ends(s.expires_at, s.created_at) > now() and m.team_id = team and t.deleted_at is null
$$;

-- A team and its first owner; null where their account has just been deleted. The step of found_team, and what the version before asks.
create or replace function create_team(person uuid, team_name text, team_slug text) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	made uuid;
begin
	if not public.is_there(person) then
		return null;
	end if;
	insert into public.teams (name, slug) values (team_name, team_slug) returning id into made;
	insert into public.members (team_id, person_id, role) values (made, person, 'owner');
	return made;
end $$;

-- The same, and writes down who has made it.
create or replace function found_team(person uuid, team_name text, team_slug text, request uuid, from_address text) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	made uuid := public.create_team(person, team_name, team_slug);
begin
	if made is not null then
		insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
		values (made, person, 'team.created', made, json_build_object('name', team_name, 'slug', team_slug), request, from_address);
	end if;
	return made;
end $$;

-- An open invitation by the SHA-256 of its token; nothing for a wrong, used, revoked or expired one but its state.
create or replace function invitation_by_token(hash bytea)
	returns table (team_id uuid, id uuid, team_name text, team_slug text, email text, role text, inviter text, state text, is_new boolean)
	language sql stable security definer set search_path = '' as $$
	select i.team_id, i.id, t.name, t.slug, i.email, i.role, p.name,
		case when i.revoked_at is not null or t.deleted_at is not null then 'revoked'
			when i.accepted_at is not null then 'accepted'
			when i.expires_at < now() then 'expired'
			else 'open' end,
		not exists (select from public.people n where n.email = lower(i.email))
	from public.invitations i join public.teams t on t.id = i.team_id left join public.people p on p.id = i.invited_by
	where i.token_hash = hash
$$;

-- Takes an open invitation once, for the person whose address it was sent to, and writes down that they joined: the deed and
-- its entry are one transaction. Returns the team, or nothing.
create or replace function accept_invitation(hash bytea, person uuid, request uuid, from_address text) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	taken record;
begin
	update public.invitations i set accepted_at = now()
	from public.people p, public.teams t
	where i.token_hash = hash and p.id = person and lower(p.email) = lower(i.email) and t.id = i.team_id and t.deleted_at is null
		and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
	returning i.id, i.team_id, i.role, i.project_ids into taken;
	if taken.team_id is null then
		return null;
	end if;
	insert into public.members (team_id, person_id, role, project_ids)
	values (taken.team_id, person, taken.role, taken.project_ids)
	on conflict (team_id, person_id) do nothing;
	if found then
		insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
		values (taken.team_id, person, 'member.joined', taken.id, json_build_object('role', taken.role), request, from_address);
	end if;
	return taken.team_id;
end $$;

-- Takes an open invitation once, for somebody whom nobody here knows yet: the link went to their mailbox alone, so whoever presses its
-- button has proved the address. Nothing when the address has an account: that one proves itself by a mail of its own.
create or replace function join_by_invitation(hash bytea, called text, request uuid, from_address text)
	returns table (team_id uuid, person_id uuid)
	language plpgsql rows 1 security definer set search_path = '' as $$
declare
	invited text;
begin
	-- of two presses the second one waits, and finds it taken; so does one that comes while it is taken back
	select lower(i.email) into invited from public.invitations i
	where i.token_hash = hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
	for no key update;
	insert into public.people as p (email, name) select invited, called where invited is not null
	on conflict (email) do nothing
	returning p.id into person_id;
	if person_id is null then
		return;
	end if;
	team_id := public.accept_invitation(hash, person_id, request, from_address);
	return next;
end $$;

-- Leaving: whoever acts removes their own row, in the team they act in, and nothing else. The trigger keeps the last owner.
create or replace function leave_team() returns boolean
	language sql security definer set search_path = '' as $$
	with gone as (
		delete from public.members
		where team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
			and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
		returning 1
	)
	select exists (select from gone)
$$;

grant execute on function memberships_of(uuid), enter_team(uuid, text, text), rights_of_session(uuid, uuid), create_team(uuid, text, text), found_team(uuid, text, text, uuid, text),
	invitation_by_token(bytea), accept_invitation(bytea, uuid, uuid, text), join_by_invitation(bytea, text, uuid, text), leave_team() to app;

-- Asked in the packet that opens a person's transaction: are they still in the team with the very role and projects, and is the
-- session open, that the request came in with? A change holds the membership until it is committed, so that a removal waits for
-- it, or was first; whoever only looks holds nothing. AI020 when something is different.
create or replace function assert_authority(team uuid, person uuid, session uuid, acting_role text, acting_projects text, holding boolean) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	held record;
begin
	if holding then
		select m.role, m.project_ids into held from public.members m where m.team_id = team and m.person_id = person for share;
	else
		select m.role, m.project_ids into held from public.members m where m.team_id = team and m.person_id = person;
	end if;
	if held.role is distinct from acting_role
		or coalesce(array_to_string(held.project_ids, ','), 'all') <> acting_projects
		or not exists (
			select from public.sessions s
			where s.handle = session and s.person_id = person and public.session_ends(s.expires_at, s.created_at) > now()
		)
		or not exists (select from public.teams t where t.id = team and t.deleted_at is null) then
		raise exception 'The rights of this person have changed' using errcode = 'AI020';
	end if;
end $$;

-- The same for an address, where what lies there was remembered from a request before: it still leads to this project of this team.
create or replace function assert_place(team uuid, team_slug text, project uuid, project_slug text) returns void
	language plpgsql stable security definer set search_path = '' as $$
begin
	if not exists (
		select from public.projects p join public.teams t on t.id = p.team_id
		where p.team_id = team and p.id = project and p.slug = project_slug and p.deleted_at is null and t.slug = team_slug
	) then
		raise exception 'This project is not at this address' using errcode = 'AI020';
	end if;
end $$;

-- Both at once, for what people do once a second: who acts here holds their membership.
create or replace function assert_authority_at(team uuid, person uuid, session uuid, acting_role text, acting_projects text,
	team_slug text, project uuid, project_slug text) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	held record;
begin
	select m.role, coalesce(array_to_string(m.project_ids, ','), 'all') as projects into held
	from public.members m where m.team_id = team and m.person_id = person for share;
	if (held.role, held.projects) is distinct from (acting_role, acting_projects) or not exists (
		select from public.sessions s, public.projects p, public.teams t
		where s.handle = session and s.person_id = person and public.session_ends(s.expires_at, s.created_at) > now()
			and p.team_id = team and p.id = project and p.slug = project_slug and p.deleted_at is null
			and t.id = team and t.slug = team_slug and t.deleted_at is null
	) then
		raise exception 'The rights of this person have changed' using errcode = 'AI020';
	end if;
end $$;

grant execute on function assert_authority(uuid, uuid, uuid, text, text, boolean), assert_place(uuid, text, uuid, text),
	assert_authority_at(uuid, uuid, uuid, text, text, text, uuid, text) to app;
