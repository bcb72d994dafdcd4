-- Asked in the packet that opens a person's transaction: are they still in the team with the very role and projects, and is the
-- session open, that the request came in with? A change holds the membership until it is committed, so that a removal waits for
-- it, or was first; whoever only looks holds nothing. AI020 when something is different.
create function assert_authority(team uuid, person uuid, session uuid, acting_role text, acting_projects text, holding boolean) returns void
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
			where s.handle = session and s.person_id = person and s.expires_at > now() and s.created_at > now() - interval '90 days'
		) then
		raise exception 'The rights of this person have changed' using errcode = 'AI020';
	end if;
end $$;
--> statement-breakpoint
grant execute on function assert_authority(uuid, uuid, uuid, text, text, boolean) to app;
