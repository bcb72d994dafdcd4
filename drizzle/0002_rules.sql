-- What columns and foreign keys cannot say. Trigger functions that keep derived columns are SECURITY DEFINER, because a
-- rater's act changes a row that a rater may not write; they only follow rows that row level security has already let in.

-- An example's rating is the mean of everybody's latest score.
create function derive_ratings() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	update public.examples e
	set rating = found.mean, ratings_count = found.people
	from (
		select touched.team_id, touched.example_id, avg(latest.score) as mean, count(latest.score) as people
		from (select distinct team_id, example_id from new_rows) touched
		cross join lateral (
			select distinct on (r.person_id) r.score
			from public.ratings r
			where r.team_id = touched.team_id and r.example_id = touched.example_id
			order by r.person_id, r.seq desc
		) latest
		group by touched.team_id, touched.example_id
	) found
	where e.team_id = found.team_id and e.id = found.example_id;
	return null;
end $$;
--> statement-breakpoint
create trigger ratings_derive after insert on ratings
	referencing new table as new_rows for each statement execute function derive_ratings();
--> statement-breakpoint

-- The latest rewrite is what trains; null goes back to the original.
create function derive_rewrites() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	update public.examples e
	set rewrite = latest.output
	from (
		select distinct on (team_id, example_id) team_id, example_id, output
		from new_rows order by team_id, example_id, seq desc
	) latest
	where e.team_id = latest.team_id and e.id = latest.example_id;
	return null;
end $$;
--> statement-breakpoint
create trigger rewrites_derive after insert on rewrites
	referencing new table as new_rows for each statement execute function derive_rewrites();
--> statement-breakpoint

-- The validation lock. A validation example stays one, and what a run has learnt from can never become one.
create function lock_validation() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.split = 'validation' and new.split is distinct from 'validation' then
		raise exception 'Example % is locked in validation', old.number using errcode = 'AI001';
	end if;
	if new.split = 'validation' and old.trained then
		raise exception 'Example % was trained on and cannot become validation', old.number using errcode = 'AI002';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger examples_lock before update of split on examples
	for each row when (old.split is distinct from new.split) execute function lock_validation();
--> statement-breakpoint

-- What has been learnt stays learnt, and a locked example keeps its prompt and its place.
create function keep_facts() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.trained and not new.trained then
		raise exception 'Example % was trained on; that cannot be taken back', old.number using errcode = 'AI002';
	end if;
	if old.split = 'validation' and new.prompt_hash <> old.prompt_hash then
		raise exception 'Example % is locked in validation', old.number using errcode = 'AI001';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger examples_facts before update of trained, prompt_hash on examples
	for each row execute function keep_facts();
--> statement-breakpoint

-- One prompt never stands on both sides of the split. The lock makes two changes of one project wait for each other, since
-- neither sees the other's rows.
create function refuse_leak_added() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	there int;
begin
	perform pg_advisory_xact_lock(hashtextextended(new.project_id::text, 1));
	select o.number into there from public.examples o
	where o.team_id = new.team_id and o.project_id = new.project_id and o.prompt_hash = new.prompt_hash and o.id <> new.id
		and ((new.split = 'validation' and (o.trained or (o.split = 'train' and o.deleted_at is null)))
			or (new.split = 'train' and o.split = 'validation' and o.deleted_at is null))
	limit 1;
	if found then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', new.number, there
			using errcode = 'AI003';
	end if;
	return null;
end $$;
--> statement-breakpoint
-- Row by row, and only for rows that come with a split: an ordinary import of a million pays nothing.
create trigger examples_leaks_added after insert on examples
	for each row when (new.split is not null) execute function refuse_leak_added();
--> statement-breakpoint
-- Set-based, so that a split of a million rows is one join. A rating, which changes neither split nor prompt, returns at
-- once and waits for nobody.
create function refuse_leaks_changed() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	moved uuid[];
	leak record;
begin
	select array_agg(n.id) into moved
	from new_rows n join old_rows o on o.team_id = n.team_id and o.id = n.id
	where n.split is not null and n.deleted_at is null
		and (n.split is distinct from o.split or n.prompt_hash <> o.prompt_hash or o.deleted_at is not null);
	if moved is null then
		return null;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(place.project_id::text, 1))
	from (select distinct project_id from new_rows order by project_id) place;
	select n.number as here, o.number as there into leak
	from (select team_id, project_id, id, number, prompt_hash, split from new_rows where id = any (moved)) n
	join public.examples o on o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash = n.prompt_hash and o.id <> n.id
	where (n.split = 'validation' and (o.trained or (o.split = 'train' and o.deleted_at is null)))
		or (n.split = 'train' and o.split = 'validation' and o.deleted_at is null)
	limit 1;
	if found then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', leak.here, leak.there
			using errcode = 'AI003';
	end if;
	return null;
end $$;
--> statement-breakpoint
create trigger examples_leaks_changed after update on examples
	referencing old table as old_rows new table as new_rows for each statement execute function refuse_leaks_changed();
--> statement-breakpoint

-- A run learns from train and is measured on validation, never the other way round; what it learns from is marked for ever.
create function mark_trained() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	wrong record;
begin
	select e.number, n.kind into wrong
	from new_rows n join public.examples e on e.team_id = n.team_id and e.id = n.example_id
	where e.split is distinct from n.kind or e.project_id <> n.project_id
	limit 1;
	if found then
		raise exception 'Example % is not in the % set', wrong.number, wrong.kind using errcode = 'AI004';
	end if;
	update public.examples e set trained = true
	from new_rows n
	where n.kind = 'train' and e.team_id = n.team_id and e.id = n.example_id and not e.trained;
	return null;
end $$;
--> statement-breakpoint
create trigger run_examples_mark after insert on run_examples
	referencing new table as new_rows for each statement execute function mark_trained();
--> statement-breakpoint

-- A team always has an owner.
create function keep_an_owner() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	if exists (select from public.teams t where t.id = old.team_id)
		and not exists (select from public.members m where m.team_id = old.team_id and m.role = 'owner') then
		raise exception 'A team needs an owner' using errcode = 'AI005';
	end if;
	return null;
end $$;
--> statement-breakpoint
create trigger members_keep_an_owner after update or delete on members
	for each row execute function keep_an_owner();
--> statement-breakpoint

-- ── what is asked before the team is known: the few doors through row level security, each for one question ──────────
create function memberships_of(person uuid)
	returns table (team_id uuid, slug text, name text, role text, project_ids uuid[])
	language sql stable security definer set search_path = '' as $$
	select m.team_id, t.slug, t.name, m.role, m.project_ids
	from public.members m join public.teams t on t.id = m.team_id
	where m.person_id = person
	order by m.created_at, t.slug
$$;
--> statement-breakpoint
create function create_team(person uuid, team_name text, team_slug text) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	made uuid;
begin
	insert into public.teams (name, slug) values (team_name, team_slug) returning id into made;
	insert into public.members (team_id, person_id, role) values (made, person, 'owner');
	return made;
end $$;
--> statement-breakpoint
-- An open invitation by the SHA-256 of its token; nothing for a wrong, used, revoked or expired one but its state.
create function invitation_by_token(hash bytea)
	returns table (team_id uuid, id uuid, team_name text, team_slug text, email text, role text, inviter text, state text)
	language sql stable security definer set search_path = '' as $$
	select i.team_id, i.id, t.name, t.slug, i.email, i.role, p.name,
		case when i.revoked_at is not null then 'revoked'
			when i.accepted_at is not null then 'accepted'
			when i.expires_at < now() then 'expired'
			else 'open' end
	from public.invitations i join public.teams t on t.id = i.team_id left join public.people p on p.id = i.invited_by
	where i.token_hash = hash
$$;
--> statement-breakpoint
-- Takes an open invitation once, for the person whose address it was sent to. Returns the team, or nothing.
create function accept_invitation(hash bytea, person uuid) returns uuid
	language plpgsql security definer set search_path = '' as $$
declare
	taken record;
begin
	update public.invitations i set accepted_at = now()
	from public.people p
	where i.token_hash = hash and p.id = person and lower(p.email) = lower(i.email)
		and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
	returning i.team_id, i.role, i.project_ids into taken;
	if taken.team_id is null then
		return null;
	end if;
	insert into public.members (team_id, person_id, role, project_ids)
	values (taken.team_id, person, taken.role, taken.project_ids)
	on conflict (team_id, person_id) do nothing;
	return taken.team_id;
end $$;
--> statement-breakpoint
-- The janitor's question: which teams have something open, billed or waited for. It returns ids only; each team is then
-- entered through its own scope.
create function teams_with_open_work() returns setof uuid
	language sql stable security definer set search_path = '' as $$
	select team_id from public.servings where status in ('starting', 'ready', 'stopping')
	union select team_id from public.runs where status not in ('draft', 'ready', 'failed', 'cancelled')
	union select team_id from public.evaluations where status = 'generating'
$$;
--> statement-breakpoint
-- After the first part of a large import: whoever serves owns no table, so may not analyze one.
create function refresh_statistics() returns void language sql security definer set search_path = '' as 'analyze public.examples';
--> statement-breakpoint
grant execute on function refresh_statistics(), memberships_of(uuid), create_team(uuid, text, text), invitation_by_token(bytea),
	accept_invitation(bytea, uuid), teams_with_open_work() to app;
