-- The end of a project, and the way back. The policies know no deleted project, so whoever serves can neither see nor make one, and says
-- nothing of when it was: functions do, by the clock of the database.

-- Whether whoever acts is an owner of the team who may see this project.
create or replace function owns_project(project uuid) returns boolean language sql stable as $$
	select coalesce(current_setting('app.role', true) = 'owner'
		and (public.app_all_projects() or project = any (public.app_project_ids())), false)
$$;

-- For owners: from now on it is nowhere. False: there is none, or not any more.
create or replace function delete_project(project uuid) returns boolean language plpgsql security definer set search_path = '' as $$
begin
	update public.projects p set deleted_at = now(), deleted_by = nullif(current_setting('app.user_id', true), '')::uuid
	where p.team_id = nullif(current_setting('app.team_id', true), '')::uuid and p.id = project and p.deleted_at is null
		and public.owns_project(project);
	return found;
end $$;

-- For owners: what can still be brought back, what was deleted last first.
create or replace function deleted_projects()
	returns table (id uuid, name text, slug text, deleted_at timestamptz, deleted_by text)
	language sql stable rows 5 security definer set search_path = '' as $$
	select p.id, p.name, p.slug, p.deleted_at, who.name
	from public.projects p left join public.people who on who.id = p.deleted_by
	where p.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid)
		and p.deleted_at > now() - public.grace_time() and public.owns_project(p.id)
	order by p.deleted_at desc
$$;

-- For owners: it is back, under the address it had. No row: there is none, it was never deleted, or its time is over.
create or replace function restore_project(project uuid) returns table (name text, slug text)
	language plpgsql rows 1 security definer set search_path = '' as $$
begin
	return query
		update public.projects p set deleted_at = null, deleted_by = null
		where p.team_id = nullif(current_setting('app.team_id', true), '')::uuid and p.id = project
			and p.deleted_at > now() - public.grace_time() and public.owns_project(project)
		returning p.name, p.slug;
end $$;

-- The janitor's: removes some of what hangs on one project whose time is over, whatever whoever serves says. At most so many rows of one
-- table at a time, with what hangs on each by a key, and in the end the project itself. It is asked again and again; no row: nothing is
-- left. What still runs at a provider is waited for, four weeks at most: without its row nobody would stop it. What a provider has of
-- it nobody here can remove, so the audit log names it: the one thing that is kept, with what the entries before it say.
create or replace function purge_project_part(most int)
	returns table (team uuid, project uuid, removed bigint, is_gone boolean)
	language plpgsql rows 1 security definer set search_path = '' as $$
declare
	over public.projects;
	part text[];
	-- votes before ballots, and so on: what hangs on a key is gone before it would be looked for row by row. By which index each is found
	-- stands beside it. What is few goes with the project.
	evaluations constant text := 'evaluation_id in (select e.id from public.evaluations e where e.team_id = $1 and e.project_id = $2)';
	runs constant text := 'run_id in (select r.id from public.runs r where r.team_id = $1 and r.project_id = $2)';
	in_project constant text := 'project_id = $2';
	parts constant text[][] := array[
		['remarks', evaluations], ['votes', evaluations], ['ballots', evaluations], ['judgments', evaluations], ['judged_pairs', evaluations],
		['pairings', evaluations],
		['run_points', runs], ['run_events', runs], ['run_file_parts', runs], ['run_prompts', runs], ['run_files', runs], ['run_examples', runs],
		['run_pairs', runs],
		['examples', in_project], ['prompts', in_project], ['playground_pairs', in_project], ['imports', in_project],
		['example_signatures', in_project], ['example_standings', in_project], ['example_marks', in_project], ['activities', in_project],
		-- what was sent of it: a webhook may hear of others as well, and then only the text says which it is of
		['webhook_deliveries', '(project_ids = array[$2] or position(''"project":{"id":"'' || $2 || ''"'' in body) > 0)']
	];
begin
	select p.* into over from public.projects p
	where p.deleted_at < now() - public.purge_time() and (p.deleted_at < now() - 4 * public.grace_time() or not (
		exists (select from public.servings s where s.team_id = p.team_id and s.project_id = p.id and s.status in ('starting', 'ready', 'stopping'))
		or exists (select from public.runs r where r.team_id = p.team_id and r.project_id = p.id
			and r.status not in ('draft', 'ready', 'failed', 'cancelled'))
	))
	order by p.deleted_at limit 1 for update skip locked;
	if over.id is null then
		return;
	end if;
	team := over.team_id;
	project := over.id;
	is_gone := false;
	foreach part slice 1 in array parts loop
		execute format('delete from public.%1$I where ctid = any (array(
			select x.ctid from public.%1$I x where x.team_id = $1 and %2$s limit $3))', part[1], part[2])
			using team, project, most;
		get diagnostics removed = row_count;
		if removed > 0 then
			return next;
			return;
		end if;
	end loop;
	-- what lies in parts has no place by which some of it are found; it is of three hours
	delete from public.outbox o where o.team_id = over.team_id and o.project_id = over.id;
	insert into public.audit_entries (team_id, action, subject, details)
	select over.team_id, 'project.purged', over.id, json_build_object(
		'name', over.name, 'slug', over.slug,
		'files', (select coalesce(json_agg(f.id), '[]') from (
			select distinct unnest(array[r.training_file_id, r.validation_file_id]) as id from public.runs r
			where r.team_id = over.team_id and r.project_id = over.id
		) f where f.id is not null),
		'models', (select coalesce(json_agg(coalesce(r.model, r.model_object) order by r.version), '[]') from public.runs r
			where r.team_id = over.team_id and r.project_id = over.id and coalesce(r.model, r.model_object) is not null),
		'running', (select coalesce(json_agg(s.mark), '[]') from public.servings s
			where s.team_id = over.team_id and s.project_id = over.id and s.status in ('starting', 'ready', 'stopping'))
	);
	delete from public.projects p where p.team_id = over.team_id and p.id = over.id;
	removed := 1;
	is_gone := true;
	return next;
end $$;

grant execute on function delete_project(uuid), deleted_projects(), restore_project(uuid), purge_project_part(int) to app;
