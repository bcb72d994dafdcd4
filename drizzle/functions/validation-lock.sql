-- The validation lock: what measures never trains, and what has been learnt never measures. AI001 to AI003 are the sentences that
-- server/splits says to people; AI004 is a split that changed between a run's two looks at it, AI007 an example that stands in an
-- order nobody has answered yet, AI008 a prompt that nearly stands on the other side (its detail is that one's number), AI009 a prompt
-- that a run was sent as a preference.

-- A validation example stays one, and what a run has learnt from can never become one.
create or replace function lock_validation() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.split = 'validation' then
		raise exception 'Example % is locked in validation', old.number using errcode = 'AI001';
	end if;
	if old.reserved then
		raise exception 'Example % is in the order of a run and stays where it is', old.number using errcode = 'AI007';
	end if;
	raise exception 'Example % was trained on and cannot become validation', old.number using errcode = 'AI002';
end $$;

-- All is asked in the condition: a split moves hundreds of thousands, and calls no function for one that may move.
create or replace trigger examples_lock after update of split on examples
	for each row when (
		old.split is distinct from new.split
		and (old.split = 'validation' or old.reserved or (new.split = 'validation' and old.trained))
	) execute function lock_validation();

-- One prompt never stands on both sides of the split. A validation prompt is held also by a deleted example: deleting one and
-- writing it again would otherwise be the way into train. A deleted train example holds its prompt only once it was learnt.
--
-- The lock makes two changes of one project wait for each other, since neither sees the other's rows; what is read after it sees
-- what the first has committed. One prompt after the other is looked up, whatever the planner expects of a project: a join among a
-- thousand teams would read the whole project for each row. First in the index of what is there, then in that of what is held although it
-- may be deleted: a question for both would read both and put them together. Each asks for the order of its index and may not sort (`enable_sort`):
-- the planner, which expects one row of a project whichever way, would take a smaller index that has all of them. A rating, which changes neither split nor prompt,
-- waits for nobody. Of what is changed the same is asked in follow.sql.
create or replace function refuse_leak_added() returns trigger
	language plpgsql security definer set search_path = '' set enable_seqscan = off set enable_sort = off as $$
declare
	leak record;
begin
	if not exists (select from new_rows n where n.split is not null) then
		return null;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(place.project_id::text, 1))
	from (select distinct project_id from new_rows where split is not null order by project_id) place;
	select n.number as here, o.number as there into leak
	from (select team_id, project_id, id, number, prompt_hash, split from new_rows where split is not null) n
	cross join lateral (
		select o.number from public.examples o
		where o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash = n.prompt_hash and o.id <> n.id and o.deleted_at is null
			and ((n.split = 'validation' and (o.trained or o.reserved or o.split = 'train')) or (n.split = 'train' and o.split = 'validation'))
		order by o.content_hash limit 1
	) o
	limit 1;
	if not found then
		select n.number as here, o.number as there into leak
		from (select team_id, project_id, id, number, prompt_hash, split from new_rows where split is not null) n
		cross join lateral (
			select o.number from public.examples o
			where o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash between n.prompt_hash and n.prompt_hash
				and (o.trained or o.reserved or o.deleted_at is not null)
				and ((n.split = 'validation' and (o.trained or o.reserved)) or (n.split = 'train' and o.split = 'validation'))
			order by o.prompt_hash limit 1
		) o
		limit 1;
	end if;
	if found then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', leak.here, leak.there
			using errcode = 'AI003';
	end if;
	select n.number as here into leak
	from (select team_id, project_id, number, prompt_hash from new_rows where split = 'validation') n
	cross join lateral (
		select from public.playground_pairs p
		where p.team_id = n.team_id and p.project_id = n.project_id and p.prompt_hash = n.prompt_hash and p.ordered
		limit 1
	) p
	limit 1;
	if found then
		raise exception 'A run was sent the prompt of example % as a preference', leak.here using errcode = 'AI009';
	end if;
	return null;
end $$;

-- The rows of a statement are kept in any case: what counts them needs them too (totals.sql).
create or replace trigger examples_leaks_added after insert on examples
	referencing new table as new_rows for each statement execute function refuse_leak_added();

-- Whether the provider has accepted what a run ordered: it has begun to train. One that waits for its turn may still be refused for
-- its data, and what was refused or called off before has taught nothing. Nobody says so by hand, and it is never taken back.
create or replace function note_accepted() returns trigger language plpgsql set search_path = '' as $$
begin
	new.accepted := (tg_op = 'UPDATE' and old.accepted) or new.status in ('training', 'finishing', 'ready')
		or new.started_at is not null or coalesce(new.steps_done, 0) > 0;
	return new;
end $$;

create or replace trigger runs_accepted_new before insert on runs for each row execute function note_accepted();
create or replace trigger runs_accepted before update of status, started_at, steps_done, accepted on runs
	for each row when (not old.accepted or not new.accepted) execute function note_accepted();

-- A run learns from train and is measured on validation, never the other way round. What stands in an order is reserved for it, and
-- marked as learnt once the provider has accepted. Whoever moves or deletes one of these examples at the same moment is waited for,
-- and then the side is read: before, an example could go to validation between the look and the mark.
create or replace function mark_trained() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	wrong record;
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	select e.number, n.kind into wrong
	from new_rows n join public.examples e on e.team_id = n.team_id and e.id = n.example_id
	where e.split is distinct from n.kind or e.deleted_at is not null or e.project_id <> n.project_id
	limit 1;
	if found then
		raise exception 'Example % is not in the % set', wrong.number, wrong.kind using errcode = 'AI004';
	end if;
	update public.examples e set trained = e.trained or r.accepted, reserved = e.reserved or not r.accepted
	from new_rows n join public.runs r on r.team_id = n.team_id and r.id = n.run_id
	where n.kind = 'train' and e.team_id = n.team_id and e.id = n.example_id
		and case when r.accepted then not e.trained else not e.reserved and r.status not in ('failed', 'cancelled') end;
	return null;
end $$;

create or replace trigger run_examples_mark after insert on run_examples
	referencing new table as new_rows for each statement execute function mark_trained();

-- The answer to an order: accepted, what is in it has been learnt; refused or called off before that, it is free again, unless
-- another order has it. The rows are locked before it is asked who else has them. A part at a time, so that whoever rates one of them does not
-- wait for a million; until it is their turn they are held on their side as they are in an order. Returns the last of the part, null after all.
create or replace function settle_examples(team uuid, run uuid, after uuid) returns uuid
	language plpgsql set search_path = '' as $$
declare
	part uuid[];
begin
	part := array(
		select m.example_id from public.run_examples m
		where m.team_id = team and m.run_id = run and m.kind = 'train' and (after is null or m.example_id > after)
		order by m.example_id limit 1000
	);
	perform from public.examples e
	where e.team_id = team and e.id in (select unnest(part))
	order by e.team_id, e.id
	for no key update;
	update public.examples e set trained = e.trained or now_is.accepted, reserved = now_is.reserved
	from (
		select x.id, r.accepted, exists (
			select from public.run_examples o join public.runs other on other.team_id = o.team_id and other.id = o.run_id
			where o.team_id = x.team_id and o.example_id = x.id and o.kind = 'train' and o.run_id <> run
				and not other.accepted and other.status not in ('failed', 'cancelled')
		) as reserved
		from public.examples x join public.runs r on r.team_id = team and r.id = run
		where x.team_id = team and x.id in (select unnest(part)) and (r.accepted or r.status in ('failed', 'cancelled'))
	) now_is
	where e.team_id = team and e.id = now_is.id and (e.reserved, e.trained) is distinct from (now_is.reserved, e.trained or now_is.accepted);
	return part[1000];
end $$;

revoke execute on function settle_examples(uuid, uuid, uuid) from public;

-- The same for a job, in its own team.
create or replace function settle_part(run uuid, after uuid) returns uuid
	language sql security definer set search_path = '' as $$
	select public.settle_examples(nullif(current_setting('app.team_id', true), '')::uuid, run, after)
$$;

revoke execute on function settle_part(uuid, uuid) from public;
grant execute on function settle_part(uuid, uuid) to app;

-- The first part at once: of most runs it is all of it. The others by a job (server/runs/settle.ts).
create or replace function settle_order() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	if public.settle_examples(new.team_id, new.id, null) is not null then
		update public.runs set settling = true where team_id = new.team_id and id = new.id;
	end if;
	return null;
end $$;

create or replace trigger runs_settled after update of status, started_at, steps_done, accepted on runs
	for each row when (
		(new.accepted and not old.accepted)
		or (not new.accepted and new.status in ('failed', 'cancelled') and old.status not in ('failed', 'cancelled'))
	) execute function settle_order();

-- Nothing is ordered before its files are whole, whichever version of the worker has it.
create or replace function refuse_unprepared() returns trigger language plpgsql set search_path = '' as $$
begin
	raise exception 'The files of v% are still being written', new.version using errcode = 'AI004';
end $$;

create or replace trigger runs_prepared before update of status, submitted_at, job_id on runs
	for each row when (
		new.preparing is not null and (new.status not in ('uploading', 'failed', 'cancelled') or new.submitted_at is not null or new.job_id is not null)
	) execute function refuse_unprepared();

-- A pair of the playground that a run is sent holds its prompt from then on, as what was learnt does. It takes the lock that the split
-- takes: an example with its prompt either measures already, and the pair is refused, or it never will.
create or replace function hold_pairs() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	perform pg_advisory_xact_lock(hashtextextended(place.project_id::text, 1))
	from (select distinct project_id from new_rows order by project_id) place;
	perform from new_rows n join public.playground_pairs p on p.team_id = n.team_id and p.id = n.pair_id
	where p.project_id <> n.project_id or p.withdrawn_at is not null or exists (
		select from public.examples e
		where e.team_id = p.team_id and e.project_id = p.project_id and e.prompt_hash = p.prompt_hash and e.split = 'validation'
	)
	limit 1;
	if found then
		raise exception 'A preference was taken back, or its prompt measures' using errcode = 'AI004';
	end if;
	update public.playground_pairs p set ordered = true
	from new_rows n where p.team_id = n.team_id and p.id = n.pair_id and not p.ordered;
	return null;
end $$;

create or replace trigger run_pairs_hold after insert on run_pairs
	referencing new table as new_rows for each statement execute function hold_pairs();
