-- Counters: how many examples there are of each kind, and how many of them each voter has given which score. Pages ask them and count no
-- rows (server/access/counted.ts). They are only ever added to, in the transaction of the change, so that a rollback leaves nothing.
--
-- A project's numbers are sums over slots. A transaction takes the first slot that no other has, until its end: nobody waits for a
-- counter, so that counters can be part of no deadlock, and a quiet project has one slot. These are definer functions, because whoever
-- changes an example may write no counter. Nobody deletes examples; where a project is purged, its counters go with it.

-- Its settings are those of whoever calls.
create or replace function free_slot(project uuid) returns smallint language plpgsql as $$
declare
	slot smallint := 0;
begin
	while not pg_try_advisory_xact_lock(hashtextextended(project::text, 1000 + slot)) loop
		slot := slot + 1;
	end loop;
	return slot;
end $$;

-- Whole points; 0 is unrated.
create or replace function whole_points(rating real) returns smallint language sql immutable parallel safe as $$
	select coalesce(floor(rating), 0)::smallint
$$;

-- Adds to counters, in slots that are this transaction's alone: nobody else writes these rows, so each is changed by its key, and made where it is not
-- there. `on conflict` would write into the log that a row is locked, and then what became of it. The slot was taken in a statement before, so that
-- what its last owner wrote is seen. Settings are those of whoever calls: setting them again took as long as what is done here.
create or replace function add_counts(added public.example_counts[]) returns void language plpgsql as $$
declare
	a public.example_counts;
begin
	foreach a in array added loop
		update public.example_counts c set
			count = c.count + a.count, tokens = c.tokens + a.tokens, ratings = c.ratings + a.ratings, changes = c.changes + a.changes
		where (c.team_id, c.project_id, c.slot, c.split, c.points, c.rewritten, c.trained)
			= (a.team_id, a.project_id, a.slot, a.split, a.points, a.rewritten, a.trained);
		if not found then
			insert into public.example_counts values (a.*);
		end if;
	end loop;
end $$;

create or replace function add_own(added public.own_counts[]) returns void language plpgsql as $$
declare
	a public.own_counts;
begin
	foreach a in array added loop
		update public.own_counts c set count = c.count + a.count
		where (c.team_id, c.project_id, c.person_id, c.slot, c.score) = (a.team_id, a.project_id, a.person_id, a.slot, a.score);
		if not found then
			insert into public.own_counts values (a.*);
		end if;
	end loop;
end $$;

-- It also stands for the key that examples have to their project: the project is there, not deleted, and stays until the transaction ends. A key
-- would ask that of every row.
create or replace function count_examples_added() returns trigger
	language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
	-- read once, since the rows of an import carry their texts; what is deleted has a place, and counts as nothing
	added public.example_counts[] := array(
		select row(x.team_id, x.project_id, 0, x.side, x.points, x.rewritten, x.trained,
			sum(x.one), coalesce(sum(x.tokens) filter (where x.one = 1), 0),
			coalesce(sum(x.rating::numeric) filter (where x.one = 1), 0), sum(x.one))::public.example_counts
		from (
			select n.team_id, n.project_id, coalesce(n.split, '') as side, public.whole_points(n.rating) as points, n.rewrite is not null as rewritten,
				n.trained, case when n.deleted_at is null then 1 else 0 end as one, n.tokens, n.rating
			from new_rows n
		) x
		group by x.team_id, x.project_id, x.side, x.points, x.rewritten, x.trained
	);
	place record;
	free smallint;
begin
	for place in select distinct a.team_id, a.project_id from unnest(added) a loop
		perform from public.projects p
		where p.team_id = place.team_id and p.id = place.project_id and p.deleted_at is null for key share;
		if not found then
			raise foreign_key_violation using message = 'There is no project ' || place.project_id || ' in this team';
		end if;
		free := public.free_slot(place.project_id);
		perform public.add_counts(array(
			select row(a.team_id, a.project_id, free, a.split, a.points, a.rewritten, a.trained, a.count, a.tokens, a.ratings, a.changes)::public.example_counts
			from unnest(added) a
			where a.team_id = place.team_id and a.project_id = place.project_id and a.count > 0
		));
	end loop;
	return null;
end $$;

create or replace trigger examples_counted_added after insert on examples
	referencing new table as new_rows for each statement execute function count_examples_added();

-- Adds what counts of everybody's scores for these examples as they stand, or takes it away. Their rows are locked.
create or replace function count_own(team uuid, ids uuid[], step int) returns void language plpgsql set search_path = '' as $$
declare
	added public.own_counts[];
begin
	added := array(
		select row(team, said.project_id, said.person_id, public.free_slot(said.project_id), said.score, step * count(*))::public.own_counts
		from (
			select e.project_id, r.person_id, case when (array_agg(r.score order by r.seq desc))[1] is not null
				then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as score
			from public.examples e
			join public.ratings r on r.team_id = e.team_id and r.example_id = e.id and r.text = public.text_mark(e.rewrite)
			where e.team_id = team and e.id = any (ids)
			group by e.project_id, e.id, r.person_id
		) said
		where said.score is not null
		group by said.project_id, said.person_id, said.score
	);
	perform public.add_own(added);
end $$;

-- Where the owner purges a project, its examples go too, with what hangs on them, and its counters. No key does it: of an example it
-- would be asked for row by row, and of a counter a rating would wait for whoever has the project's row.
create or replace function purge_project() returns trigger language plpgsql set search_path = '' as $$
begin
	delete from public.examples e where e.team_id = old.team_id and e.project_id = old.id;
	delete from public.example_counts c where c.team_id = old.team_id and c.project_id = old.id;
	delete from public.own_counts c where c.team_id = old.team_id and c.project_id = old.id;
	delete from public.example_signatures s where s.team_id = old.team_id and s.project_id = old.id;
	delete from public.example_standings s where s.team_id = old.team_id and s.project_id = old.id;
	delete from public.example_marks m where m.team_id = old.team_id and m.project_id = old.id;
	return null;
end $$;

create or replace trigger projects_purged after delete on projects for each row execute function purge_project();

-- Every counter and standing anew, from what is there: for the owner of the tables, where triggers were off. Nobody writes an example meanwhile.
create or replace function recount_examples() returns void language plpgsql set search_path = '' as $$
begin
	lock table public.examples, public.ratings in share row exclusive mode;
	delete from public.example_counts;
	delete from public.own_counts;
	delete from public.example_standings;
	insert into public.example_standings (team_id, project_id, points, split, number, rating)
	select e.team_id, e.project_id, public.whole_points(e.rating), coalesce(e.split, ''), e.number, e.rating
	from public.examples e where e.deleted_at is null;
	insert into public.example_counts (team_id, project_id, slot, split, points, rewritten, trained, count, tokens, ratings, changes)
	select e.team_id, e.project_id, 0, coalesce(e.split, ''), public.whole_points(e.rating), e.rewrite is not null, e.trained,
		count(*), sum(e.tokens), coalesce(sum(e.rating::numeric), 0), extract(epoch from now()) * 1000 -- as never before
	from public.examples e where e.deleted_at is null
	group by 1, 2, 4, 5, 6, 7;
	insert into public.own_counts (team_id, project_id, person_id, slot, score, count)
	select said.team_id, said.project_id, said.person_id, 0, said.score, count(*)
	from (
		select e.team_id, e.project_id, r.person_id, case when (array_agg(r.score order by r.seq desc))[1] is not null
			then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as score
		from public.examples e
		join public.ratings r on r.team_id = e.team_id and r.example_id = e.id and r.text = public.text_mark(e.rewrite)
		where e.deleted_at is null
		group by e.team_id, e.project_id, e.id, r.person_id
	) said
	where said.score is not null
	group by 1, 2, 3, 5;
end $$;

-- The two questions of somebody who may not know what others gave. They ask for the team, the role and the projects themselves.

-- How many examples each project has that whoever acts may see.
create or replace function examples_there() returns table (project_id uuid, count bigint)
	language sql stable security definer set search_path = '' as $$
	select c.project_id, sum(c.count)::bigint from public.example_counts c
	where c.team_id = nullif(current_setting('app.team_id', true), '')::uuid
		and current_setting('app.role', true) in ('owner', 'trainer', 'rater')
		and (public.app_all_projects() or c.project_id = any (public.app_project_ids()))
	group by c.project_id
$$;

-- How many examples of each project whoever acts has given which score.
create or replace function own_scores_given() returns table (project_id uuid, score smallint, count bigint)
	language sql stable security definer set search_path = '' as $$
	select c.project_id, c.score, sum(c.count)::bigint from public.own_counts c
	where c.team_id = nullif(current_setting('app.team_id', true), '')::uuid and c.person_id = public.app_voter()
		and current_setting('app.role', true) in ('owner', 'trainer', 'rater')
		and (public.app_all_projects() or c.project_id = any (public.app_project_ids()))
	group by c.project_id, c.score having sum(c.count) <> 0
$$;

grant execute on function examples_there(), own_scores_given() to app;
