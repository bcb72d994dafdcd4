-- The end of a team, and of somebody's account: at once nobody enters it any more, for a week there is a way back, then the janitor
-- removes what is left. Nobody who serves can do that sooner, whatever it says. (Of a project: project-ends.sql.)

-- How long there is a way back. In hours: a day of a time zone may have 23.
create or replace function grace_time() returns interval language sql immutable parallel safe as $$
	select make_interval(hours => 7 * 24)
$$;

-- When the janitor may begin: some minutes later, so that whoever has begun to bring something back in time has all of it.
create or replace function purge_time() returns interval language sql immutable parallel safe as $$
	select public.grace_time() + interval '10 minutes'
$$;

-- Whether a team is deleted, or gone: then what is in its queue is left there.
create or replace function is_team_deleted(team uuid) returns boolean
	language sql stable security definer set search_path = '' as $$
	select not exists (select from public.teams t where t.id = team and t.deleted_at is null)
$$;

-- Since when a team is deleted only the functions here say, by the clock of the database: whoever serves could have it removed at once.
create or replace function keep_team_end() returns trigger language plpgsql set search_path = '' as $$
begin
	-- the version before says itself that it is deleted now, and that is all it can say
	if not has_table_privilege(tg_relid, 'truncate') and (old.deleted_at is not null or new.deleted_at is distinct from now()) then
		raise exception 'A team is deleted and brought back by functions alone' using errcode = 'AI006';
	end if;
	return new;
end $$;

create or replace trigger teams_end before update of deleted_at on teams
	for each row when (old.deleted_at is distinct from new.deleted_at) execute function keep_team_end();

-- A project is made in a team that stands: whoever deletes the team waits for it, and takes it along; it has no key that would hold the
-- team, and one that came later would never be removed, nor the team. The refusal is that of whoever has no rights there any more.
create or replace function hold_team_of_project() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	perform from public.teams t where t.id = new.team_id and t.deleted_at is null for key share;
	if not found then
		raise exception 'This team is deleted' using errcode = 'AI020';
	end if;
	return null;
end $$;

create or replace trigger projects_hold_team after insert on projects
	for each row execute function hold_team_of_project();

-- For owners: from now on nobody enters the team that acts. Since when; null where somebody else has deleted it, or may not.
create or replace function delete_team() returns timestamptz language sql security definer set search_path = '' as $$
	update public.teams t set deleted_at = now()
	where t.id = nullif(current_setting('app.team_id', true), '')::uuid and t.deleted_at is null and current_setting('app.role', true) = 'owner'
	returning t.deleted_at
$$;

-- What this person, an owner, may still bring back, the latest first.
create or replace function deleted_teams_of(person uuid) returns table (id uuid, name text, deleted_at timestamptz)
	language sql stable rows 2 security definer set search_path = '' as $$
	select t.id, t.name, t.deleted_at
	from public.members m join public.teams t on t.id = m.team_id
	where m.person_id = person and m.role = 'owner' and t.deleted_at > now() - public.grace_time()
	order by t.deleted_at desc
$$;

-- Whether somebody's account is not deleted, and nobody deletes it before this transaction is over.
create or replace function is_there(person uuid) returns boolean language plpgsql set search_path = '' as $$
begin
	perform from public.people p where p.id = person and p.deleted_at is null for share;
	return found;
end $$;

-- Brings a team back, and writes down who did. Its slug; nothing when it is not theirs, not deleted, or too late.
create or replace function restore_team(team uuid, person uuid, request uuid, from_address text) returns text
	language plpgsql security definer set search_path = '' as $$
declare
	at_address text;
	since timestamptz;
begin
	perform from public.members m where m.team_id = team and m.person_id = person and m.role = 'owner' for share;
	-- their account may have been deleted while this was on its way: the team would be back without an owner
	if found and public.is_there(person) then
		select t.slug, t.deleted_at into at_address, since from public.teams t
		where t.id = team and t.deleted_at > now() - public.grace_time() for no key update;
	end if;
	if at_address is not null then
		-- those that went with it; one that was deleted before stays so. Before the team: of one that comes back they are not counted (hold_at_most)
		update public.projects p set deleted_at = null, deleted_by = null where p.team_id = team and p.deleted_at = since;
		update public.teams t set deleted_at = null where t.id = team;
		insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
		values (team, person, 'team.restored', team, '{}', request, from_address);
	end if;
	return at_address;
end $$;

-- In every team of somebody, in their name.
create or replace function write_down_of_account(person uuid, what text, request uuid, from_address text) returns void
	language sql set search_path = '' as $$
	insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
	select m.team_id, person, what, person, '{}', request, from_address from public.members m where m.person_id = person
$$;

-- Deletes somebody's account: every session and token of theirs ends. The names of teams that would have no owner instead, and then
-- nothing has happened. What they do at this very moment is waited for, by their own row (is_there) and those of their memberships,
-- as a removal does: it ends with the account, or counts. The rows of their teams, in one order, make owners who leave at the same moment
-- wait for each other, and for whoever brings a team back. The session that this is asked with, where there is one, must be open still.
create or replace function end_own_account(person uuid, session uuid, request uuid, from_address text) returns text[]
	language plpgsql security definer set search_path = '' as $$
declare
	left_alone text[];
begin
	perform from public.members m where m.person_id = person order by m.team_id for update;
	perform from public.people p where p.id = person for no key update;
	perform from public.teams t
	where t.id in (select m.team_id from public.members m where m.person_id = person and m.role = 'owner')
	order by t.id for no key update;
	if session is not null then
		perform public.assert_session_ending(person, session);
	end if;
	select array_agg(t.name order by t.name) into left_alone
	from public.members m join public.teams t on t.id = m.team_id
	where m.person_id = person and m.role = 'owner' and t.deleted_at is null and not public.has_owner(t.id, person);
	if left_alone is not null then
		return left_alone;
	end if;
	update public.people p set deleted_at = now() where p.id = person and p.deleted_at is null;
	if found then
		perform public.write_down_of_account(person, 'member.account_deleted', request, from_address);
	end if;
	delete from public.sessions s where s.person_id = person;
	delete from public.personal_tokens t where t.person_id = person;
	delete from public.device_requests d where d.person_id = person;
	return '{}';
end $$;

-- The same of an account without asking for a session: of the version before.
create or replace function end_account(person uuid, request uuid, from_address text) returns text[]
	language sql security definer set search_path = '' as $$
	select public.end_own_account(person, null, request, from_address)
$$;

-- Whoever signs in within the days of grace keeps their account. Whether they had deleted it.
create or replace function keep_account(person uuid, request uuid, from_address text) returns boolean
	language plpgsql security definer set search_path = '' as $$
begin
	update public.people p set deleted_at = null where p.id = person and p.deleted_at is not null;
	if not found then
		return false;
	end if;
	perform public.write_down_of_account(person, 'member.account_kept', request, from_address);
	return true;
end $$;

-- What stands in the place of the address of somebody who is gone. No mail arrives there.
create or replace function gone_address(person uuid) returns text language sql immutable parallel safe as $$
	select person || '@gone.invalid'
$$;

-- Takes away what is left of the team that was deleted first, when its projects are gone, at most so many rows at a time, and in the end
-- the team itself. How many those were; 0 when there is none whose time is over.
create or replace function purge_team(most int) returns int language plpgsql security definer set search_path = '' as $$
declare
	over uuid;
	part text;
	removed int;
begin
	select t.id into over from public.teams t
	where t.deleted_at <= now() - public.purge_time() and not exists (select from public.projects p where p.team_id = t.id)
	order by t.deleted_at limit 1 for update skip locked;
	if over is null then
		return 0;
	end if;
	-- what hangs on another part stands before it
	foreach part in array array['webhook_deliveries', 'webhook_endpoints', 'named_requests', 'personal_tokens', 'api_keys', 'activities',
		'connections', 'invitations', 'audit_entries', 'audit_links', 'members']
	loop
		execute format('delete from public.%I where ctid = any (array(select ctid from public.%I where team_id = $1 limit $2))', part, part)
			using over, most;
		get diagnostics removed = row_count;
		if removed > 0 then
			return removed;
		end if;
	end loop;
	delete from public.outbox o where o.team_id = over;
	delete from public.teams t where t.id = over;
	return 1;
end $$;

-- Takes away what says who somebody was whose account was deleted: name, address, memberships, and the address where others have
-- written it down. What they did stays with its team, as somebody's who is gone. 0 when there is none whose time is over.
create or replace function purge_account() returns int language plpgsql security definer set search_path = '' as $$
declare
	over record;
begin
	select p.id, p.email into over from public.people p
	where p.deleted_at <= now() - public.purge_time() and p.email <> public.gone_address(p.id)
	order by p.deleted_at limit 1 for update skip locked;
	if over.id is null then
		return 0;
	end if;
	delete from public.members m where m.person_id = over.id;
	delete from public.sessions s where s.person_id = over.id;
	delete from public.invitations i where lower(i.email) = over.email;
	delete from public.sign_ins s where s.email = over.email;
	delete from public.rate_limits r where right(r.key, length(over.email) + 1) = ':' || over.email;
	with erased as (
		update public.audit_entries e set details = (e.details::jsonb || '{"email": "somebody who left"}')::json
		where e.details ->> 'email' = over.email
			and e.action in ('member.invited', 'member.invited_again', 'member.role_changed', 'member.removed', 'invitation.revoked')
		returning e.team_id, e.id
	)
	update public.audit_links l set erased_at = now() from erased e where l.team_id = e.team_id and l.entry_id = e.id;
	-- and where they themselves, or a program of theirs, have come from
	with erased as (
		update public.audit_entries e set address = null,
			details = case when e.action = 'token.confirmed' then (e.details::jsonb || '{"from": "an address that is gone"}')::json else e.details end
		where e.person_id = over.id and e.address is not null
		returning e.team_id, e.id
	)
	update public.audit_links l set erased_at = now() from erased e where l.team_id = e.team_id and l.entry_id = e.id;
	update public.people p set name = 'Somebody who left', email = public.gone_address(p.id), mail_verdicts = null, mail_runs = null
	where p.id = over.id;
	return 1;
end $$;

grant execute on function is_team_deleted(uuid), delete_team(), deleted_teams_of(uuid), restore_team(uuid, uuid, uuid, text),
	end_account(uuid, uuid, text), end_own_account(uuid, uuid, uuid, text), keep_account(uuid, uuid, text), purge_team(int), purge_account() to app;
