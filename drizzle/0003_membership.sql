-- Two acts on one's own membership that its policies leave to owners.

-- Leaving: whoever acts removes their own row, in the team they act in, and nothing else. The trigger keeps the last owner.
create function leave_team() returns boolean
	language sql security definer set search_path = '' as $$
	with gone as (
		delete from public.members
		where team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
			and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
		returning 1
	)
	select exists (select from gone)
$$;
--> statement-breakpoint
-- As in 0002, and now it also writes down that somebody joined: the deed and its entry are one transaction.
create or replace function accept_invitation(hash bytea, person uuid) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	taken record;
begin
	update public.invitations i set accepted_at = now()
	from public.people p
	where i.token_hash = hash and p.id = person and lower(p.email) = lower(i.email)
		and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
	returning i.id, i.team_id, i.role, i.project_ids into taken;
	if taken.team_id is null then
		return null;
	end if;
	insert into public.members (team_id, person_id, role, project_ids)
	values (taken.team_id, person, taken.role, taken.project_ids)
	on conflict (team_id, person_id) do nothing;
	if found then
		insert into public.audit_entries (team_id, person_id, action, subject, details)
		values (taken.team_id, person, 'member.joined', taken.id, json_build_object('role', taken.role));
	end if;
	return taken.team_id;
end $$;
--> statement-breakpoint
grant execute on function leave_team() to app;
