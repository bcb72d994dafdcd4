ALTER TABLE "audit_entries" ADD COLUMN "request_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "wanted_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "result" json;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "event" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "servings" ADD COLUMN "stopped_by" uuid;--> statement-breakpoint
ALTER POLICY "audit_entries_add" ON "audit_entries" TO app WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id is not distinct from (select nullif(current_setting('app.user_id', true), '')::uuid));--> statement-breakpoint
-- Asked once for every request below a team, before any scope is: where this person is a member, the oldest first, and, beside
-- the team they enter, the project of the address if it is theirs to see.
create function enter_team(person uuid, team_slug text, project_slug text)
	returns table (team_id uuid, slug text, name text, role text, project_ids uuid[], project json)
	language sql stable security definer set search_path = '' as $$
	select m.team_id, t.slug, t.name, m.role, m.project_ids, (
		select row_to_json(p) from public.projects p
		where p.team_id = m.team_id and t.slug = team_slug and p.slug = project_slug
			and (m.project_ids is null or p.id = any (m.project_ids))
	)
	from public.members m join public.teams t on t.id = m.team_id
	where m.person_id = person
	order by m.created_at, t.slug
$$;
--> statement-breakpoint
drop function accept_invitation(bytea, uuid);
--> statement-breakpoint
-- Takes an open invitation once, for the person whose address it was sent to, and writes down that they joined: the deed and
-- its entry are one transaction. Returns the team, or nothing.
create function accept_invitation(hash bytea, person uuid, request uuid, from_address text) returns uuid
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
		insert into public.audit_entries (team_id, person_id, action, subject, details, request_id, address)
		values (taken.team_id, person, 'member.joined', taken.id, json_build_object('role', taken.role), request, from_address);
	end if;
	return taken.team_id;
end $$;
--> statement-breakpoint
-- Also the teams whose revealed evaluations have not been counted: those of before there was a result to keep.
create or replace function teams_with_open_work() returns setof uuid
	language sql stable security definer set search_path = '' as $$
	select team_id from public.servings where status in ('starting', 'ready', 'stopping')
	union select team_id from public.runs where status not in ('draft', 'ready', 'failed', 'cancelled')
	union select team_id from public.evaluations where status = 'generating' or (revealed_at is not null and result is null)
$$;
--> statement-breakpoint
grant execute on function enter_team(uuid, text, text), accept_invitation(bytea, uuid, uuid, text) to app;
