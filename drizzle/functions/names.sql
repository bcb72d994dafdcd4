-- Whom the pages of a team name: persons of the team that acts, and nobody else. What somebody did stays when they leave, so that
-- their name is asked for by what they did.

-- The members with their addresses, which are for owners.
create or replace function members_with_address() returns table (id uuid, name text, email text)
	language sql stable rows 20 security definer set search_path = '' as $$
	select p.id, p.name, p.email
	from public.members m join public.people p on p.id = m.person_id
	where m.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and (select current_setting('app.role', true)) = 'owner'
$$;

-- The members who may see a project, with their addresses and what they want to be told by mail; for owners.
create or replace function members_to_mail(project uuid) returns table (id uuid, email text, role text, verdicts boolean, runs boolean)
	language sql stable rows 20 security definer set search_path = '' as $$
	select p.id, p.email, m.role, p.mail_verdicts, p.mail_runs
	from public.members m join public.people p on p.id = m.person_id
	where m.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and (select current_setting('app.role', true)) = 'owner'
		and ((select public.app_all_projects()) or members_to_mail.project = any ((select public.app_project_ids())::uuid[]))
		and exists (select from public.projects x where x.team_id = m.team_id and x.id = members_to_mail.project and x.deleted_at is null)
		and (m.project_ids is null or members_to_mail.project = any (m.project_ids)) and p.deleted_at is null
$$;

-- Who has rated or rewritten an example: persons, and keys by their names.
create or replace function names_of_raters(example uuid) returns table (id uuid, name text)
	language sql stable rows 20 security definer set search_path = '' as $$
	with said as (
		select r.person_id as id from public.ratings r
		where r.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and r.example_id = example
			and ((select public.app_all_projects()) or r.project_id = any ((select public.app_project_ids())::uuid[]))
		union
		select w.person_id from public.rewrites w
		where w.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and w.example_id = example
			and ((select public.app_all_projects()) or w.project_id = any ((select public.app_project_ids())::uuid[]))
	)
	select p.id, p.name from public.people p where p.id in (select s.id from said s)
	union all
	select k.id, k.name from public.api_keys k
	where k.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and k.id in (select s.id from said s)
$$;

-- Who has voted in an evaluation.
create or replace function names_of_voters(evaluation uuid) returns table (id uuid, name text)
	language sql stable rows 20 security definer set search_path = '' as $$
	select p.id, p.name from public.people p
	where p.id in (
		select v.person_id from public.votes v
		where v.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and v.evaluation_id = evaluation
			and ((select public.app_all_projects()) or v.project_id = any ((select public.app_project_ids())::uuid[]))
	)
$$;

-- Who has done these things of a project's activity, by their places in it: persons, and keys by their names.
create or replace function names_of_doers_in(project uuid, places bigint[]) returns table (id uuid, name text)
	language sql stable rows 20 security definer set search_path = '' as $$
	with done as (
		select coalesce(a.key_id, a.person_id) as id from public.activities a
		where a.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and a.project_id = project and a.seq = any (places)
			and ((select public.app_all_projects()) or project = any ((select public.app_project_ids())::uuid[]))
	)
	select p.id, p.name from public.people p where p.id in (select d.id from done d)
	union all
	select k.id, k.name from public.api_keys k
	where k.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and k.id in (select d.id from done d)
$$;

-- The same by their ids, as the version before asks.
create or replace function names_of_doers(activities uuid[]) returns table (id uuid, name text)
	language sql stable rows 20 security definer set search_path = '' as $$
	with done as (
		select coalesce(a.key_id, a.person_id) as id from public.activities a
		where a.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and a.id = any (names_of_doers.activities)
			and ((select public.app_all_projects()) or a.project_id = any ((select public.app_project_ids())::uuid[]))
	)
	select p.id, p.name from public.people p where p.id in (select d.id from done d)
	union all
	select k.id, k.name from public.api_keys k
	where k.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and k.id in (select d.id from done d)
$$;

-- Who has done what these entries of the audit log say, for owners: persons, and keys by their names.
create or replace function names_of_audited(entries uuid[]) returns table (id uuid, name text)
	language sql stable rows 20 security definer set search_path = '' as $$
	with done as (
		select coalesce(e.key_id, e.person_id) as id from public.audit_entries e
		where e.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and e.id = any (entries)
			and (select current_setting('app.role', true)) = 'owner'
	)
	select p.id, p.name from public.people p where p.id in (select d.id from done d)
	union all
	select k.id, k.name from public.api_keys k
	where k.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and k.id in (select d.id from done d)
$$;

grant execute on function names_of_audited(uuid[]), members_with_address(), members_to_mail(uuid), names_of_raters(uuid), names_of_voters(uuid), names_of_doers(uuid[]), names_of_doers_in(uuid, bigint[]) to app;
