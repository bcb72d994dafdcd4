-- What people said of an example, and what stands on the example because of it. These are definer functions, because a rater's
-- act changes a row that a rater may not write; they only follow rows that row level security has already let in.
--
-- Each locks the examples it is about to change, in the order of their ids, and only then reads, in a statement of its own: that
-- one sees what everybody before us has committed. An UPDATE that reads and waits in one statement writes, once it may, what it
-- had read before it waited; three people who rated one example at the same moment left a wrong mean in two of three tries.

-- Which text of an example it is, the same after an undo as before: nothing for the original answer, else the SHA-256 of the
-- rewrite. As server/ratings/rows.ts makes it.
create or replace function text_mark(rewrite text) returns bytea language sql stable parallel safe as $$
	select coalesce(sha256(convert_to(rewrite, 'UTF8')), '')
$$;

grant execute on function text_mark(text) to app;

-- A rating that does not say which text it is of is of the one that stands.
create or replace function mark_rating() returns trigger language plpgsql set search_path = '' as $$
begin
	select public.text_mark(e.rewrite) into new.text
	from public.examples e where e.team_id = new.team_id and e.id = new.example_id;
	new.text := coalesce(new.text, ''); -- without such an example the key refuses it
	return new;
end $$;

create or replace trigger ratings_mark before insert on ratings
	for each row when (new.text is null) execute function mark_rating();

-- The rating of these examples, whose rows are locked: the mean of what counts of each person; what scripts gave stands beside it.
-- That is their latest score for the text as it stands, unless they took it back; once they were shown what others gave, it is the
-- one from before that (`settled`), whatever score came later. Its plan is made once: for one example, making it took longer than
-- what it does.
create or replace function count_ratings(team uuid, ids uuid[]) returns void
	language sql set search_path = '' set plan_cache_mode = force_generic_plan as $$
	update public.examples e
	set rating = found.mean, ratings_count = found.people
	from (
		select touched.id, avg(counting.score) as mean, count(counting.score) as people
		from (
			select x.id, public.text_mark(x.rewrite) as text from public.examples x where x.team_id = team and x.id = any (ids)
		) touched
		left join lateral (
			select case when (array_agg(r.score order by r.seq desc))[1] is not null
				then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as score
			from public.ratings r
			where r.team_id = team and r.example_id = touched.id and r.text = touched.text and r.voter = 'person'
			group by r.person_id
		) counting on true
		group by touched.id
	) found
	where e.team_id = team and e.id = found.id
$$;

-- What counts of somebody's scores of one text, of which each stands as its number, sixteenfold, plus the score (0: taken back): the latest of all,
-- and the latest that is settled. Two largest numbers, where lists in order would have to be sorted.
create or replace function what_counts(latest bigint, settled bigint) returns smallint language sql immutable parallel safe as $$
	select case when latest % 16 > 0 then nullif(coalesce(settled, latest) % 16, 0)::smallint end
$$;

-- What counts of everybody who said something of these examples, and what of that is new. `before`: without these rows. Nobody's score
-- is read twice, and an example whose rating stays as it was is not written.
--
-- The ratings of each example lie together in the index that the order names. Statistics of a table that was empty a minute ago
-- would have all of them read, and for as long as a connection keeps its plan.
--
-- One rating, as people give them, goes a way of its own: simple questions, whose plans are set up in a tenth of the time of the one for many.
create or replace function derive_ratings() returns trigger
	language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
	counted public.own_counts[];
	one record;
	said record;
	free smallint;
	written int;
begin
	-- asked in parentheses: whatever was expected of the new rows when this was planned, the example is looked up by its key
	select e.team_id, e.id, e.project_id, e.rating, e.ratings_count, e.deleted_at is null as present, public.text_mark(e.rewrite) as text,
		(select n.seq from new_rows n limit 1) as seq, (select n.person_id from new_rows n limit 1) as person_id,
		(select n.voter from new_rows n limit 1) as voter
	into one from public.examples e
	where e.team_id = (select n.team_id from new_rows n limit 1) and e.id = (select n.example_id from new_rows n limit 1)
		and (select count(*) from new_rows) = 1
	for no key update;
	if found then
		select (avg(x.after) filter (where x.voter = 'person'))::real as mean, (count(x.after) filter (where x.voter = 'person'))::int as people,
			max(x.before) filter (where x.person_id = one.person_id and x.voter = one.voter) as before,
			max(x.after) filter (where x.person_id = one.person_id and x.voter = one.voter) as after
		into said
		from (
			select r.person_id, r.voter,
				public.what_counts(max(r.place) filter (where r.seq <> one.seq), max(r.place) filter (where r.seq <> one.seq and r.settled)) as before,
				public.what_counts(max(r.place), max(r.place) filter (where r.settled)) as after
			from (
				select r.person_id, r.voter, r.seq, r.settled, r.seq * 16 + coalesce(r.score, 0) as place from public.ratings r
				where r.team_id = one.team_id and r.example_id = one.id and r.text = one.text order by r.client_id offset 0
			) r
			group by r.person_id, r.voter
		) x;
		if (one.rating, one.ratings_count) is distinct from (said.mean, said.people) then
			update public.examples e set rating = said.mean, ratings_count = said.people where e.team_id = one.team_id and e.id = one.id;
		end if;
		if one.present and said.before is distinct from said.after then
			free := public.free_slot(one.project_id);
			-- of what it was and of what it is, both counters at once, where this slot has had them before
			update public.own_counts c set count = c.count + case when c.score = said.after then 1 else -1 end
			where c.team_id = one.team_id and c.project_id = one.project_id and c.person_id = one.person_id and c.slot = free
				and c.score = any (array[said.before, said.after]);
			get diagnostics written = row_count;
			if written < num_nonnulls(said.before, said.after) then
				insert into public.own_counts (team_id, project_id, person_id, slot, score, count)
				select one.team_id, one.project_id, one.person_id, free, given.score, given.step
				from (values (said.before, -1), (said.after, 1)) given (score, step) where given.score is not null
				on conflict do nothing; -- of the two, the one that was there has it already
			end if;
		end if;
		return null;
	end if;
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	with touched as materialized (
		select e.team_id, e.project_id, e.id, e.rating, e.ratings_count, e.deleted_at is null as present, public.text_mark(e.rewrite) as text
		from public.examples e where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	), said as materialized (
		select t.team_id, t.project_id, t.id, t.present, r.person_id, r.voter,
			case when (array_agg(r.score order by r.seq desc) filter (where fresh.seq is null))[1] is not null
				then (array_agg(r.score order by r.settled desc, r.seq desc) filter (where fresh.seq is null))[1] end as before,
			case when (array_agg(r.score order by r.seq desc))[1] is not null
				then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end as after
		from touched t
		cross join lateral (
			select r.* from public.ratings r
			where r.team_id = t.team_id and r.example_id = t.id and r.text = t.text order by r.client_id offset 0
		) r
		left join new_rows fresh on fresh.team_id = r.team_id and fresh.seq = r.seq
		group by t.team_id, t.project_id, t.id, t.present, r.person_id, r.voter
	), rated as (
		update public.examples e set rating = found.mean, ratings_count = found.people
		from (
			select t.team_id, t.id, t.rating, t.ratings_count, avg(s.after)::real as mean, count(s.after)::int as people
			from touched t left join said s on s.team_id = t.team_id and s.id = t.id and s.voter = 'person'
			group by t.team_id, t.id, t.rating, t.ratings_count
		) found
		where e.team_id = found.team_id and e.id = found.id
			and (found.rating, found.ratings_count) is distinct from (found.mean, found.people)
	)
	-- in place of what counted of each of these voters (totals.sql)
	select array(
		select row(s.team_id, s.project_id, s.person_id, public.free_slot(s.project_id), given.score, sum(given.step))::public.own_counts
		from said s cross join lateral (values (s.before, -1), (s.after, 1)) given (score, step)
		where s.present and s.before is distinct from s.after and given.score is not null
		group by s.team_id, s.project_id, s.person_id, given.score
	) into counted;
	perform public.add_own(counted);
	return null;
end $$;

create or replace trigger ratings_derive after insert on ratings
	referencing new table as new_rows for each statement execute function derive_ratings();

-- The latest rewrite is what trains; null goes back to the original. The latest of all, not of those that just came: who comes
-- first is not who is first to write. With the text change the scores that count.
create or replace function derive_rewrites() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	touched record;
	present uuid[];
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	for touched in select n.team_id, array_agg(distinct n.example_id) as ids from new_rows n group by n.team_id loop
		present := array(
			select e.id from public.examples e where e.team_id = touched.team_id and e.id = any (touched.ids) and e.deleted_at is null
		);
		perform public.count_own(touched.team_id, present, -1);
		update public.examples e
		set rewrite = (
			select w.output from public.rewrites w
			where w.team_id = e.team_id and w.example_id = e.id
			order by w.seq desc limit 1
		)
		where e.team_id = touched.team_id and e.id = any (touched.ids);
		perform public.count_ratings(touched.team_id, touched.ids);
		perform public.count_own(touched.team_id, present, 1);
	end loop;
	return null;
end $$;

create or replace trigger rewrites_derive after insert on rewrites
	referencing new table as new_rows for each statement execute function derive_rewrites();

-- Whoever acts is about to be shown what others gave: what they have given themselves for the text as it stands is settled, and
-- counts from then on whatever score they give later. False, and nothing may be shown, when they have given nothing.
create or replace function settle_rating(example uuid) returns boolean language plpgsql security definer set search_path = '' as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	acting uuid := public.app_voter();
	present bytea;
	own record;
begin
	select public.text_mark(e.rewrite) into present
	from public.examples e
	where e.team_id = team and e.id = example
		and (public.app_all_projects() or e.project_id = any (public.app_project_ids()))
	for no key update; -- a rating that is on its way comes before this or after it
	if not found then
		return false;
	end if;
	select r.seq, r.score into own
	from public.ratings r
	where r.team_id = team and r.example_id = example and r.person_id = acting and r.text = present
	order by r.seq desc limit 1;
	if own.score is null then
		return false;
	end if;
	-- what the way in left to a crash (keys.sql), this does not
	perform set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off';
	update public.ratings r set settled = true
	where r.team_id = team and r.example_id = example and r.seq = own.seq and not exists (
		select from public.ratings s
		where s.team_id = team and s.example_id = example and s.person_id = acting and s.text = present and s.settled
	);
	return true;
end $$;

grant execute on function settle_rating(uuid) to app;

-- What counts of a voter's scores of this text of an example, as far as whoever acts may see them. A step: with the settings of whoever asks.
create or replace function own_score(example uuid, whose uuid, of_text bytea) returns smallint language plpgsql stable as $$
declare
	latest record;
begin
	select max(r.place) as given, max(r.place) filter (where r.settled) as settled into latest
	from (
		select x.settled, x.seq * 16 + coalesce(x.score, 0) as place from public.ratings x
		where x.example_id = example and x.person_id = whose and x.text = of_text order by x.client_id offset 0
	) r;
	return public.what_counts(latest.given, latest.settled);
end $$;

-- The example of a project that whoever acts is about to score, for them alone until the end of the transaction: nobody else rates, rewrites or
-- deletes it meanwhile. And what was said of it so far: who has sent this rating before (`sender`), and of whoever acts what counts of the text that
-- stands, as `what_counts` takes it. A definer function, because a rater may lock no example. Whoever locks it first locks it once: the key and the
-- trigger that follow find it held, and write nothing of it. A step of rate_example, which asks for the rest of the rights.
create or replace function hold_example(project uuid, example uuid, client uuid, out number int, out mark bytea, out sender uuid, out latest bigint,
	out settled bigint) language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	acting uuid := public.app_voter();
begin
	select e.number, public.text_mark(e.rewrite) into number, mark from public.examples e
	where e.team_id = team and e.project_id = project and e.id = example
		and e.deleted_at is null and (public.app_all_projects() or project = any (public.app_project_ids()))
	for no key update;
	if not found then
		return;
	end if;
	select (array_agg(r.person_id) filter (where r.client_id = client))[1], max(r.place) filter (where r.own), max(r.place) filter (where r.own and r.is_settled)
	into sender, latest, settled
	from (
		select x.client_id, x.person_id, x.settled as is_settled, x.person_id = acting and x.text = mark as own, x.seq * 16 + coalesce(x.score, 0) as place
		from public.ratings x where x.team_id = team and x.example_id = example order by x.client_id offset 0
	) r;
end $$;

-- The same as the version before asks it, which serves beside this one for some minutes.
create or replace function hold_example(project uuid, example uuid) returns table (number int, text bytea)
	language plpgsql rows 1 set search_path = '' as $$
begin
	return query select h.number, h.mark from public.hold_example(project, example, null) h where h.number is not null;
end $$;

-- One voter's score of one example, appended: under row level security, as whoever acts. `said`: it comes with the text that was read
-- (`read`; null: the one that stands) and, where `looked`, with the score of it that was seen (`saw`). Sent twice, it counts once.
-- AI040: there is no such example. AI041: it never had that text. AI042: another score than the one seen counts, as the detail says.
create or replace function rate_example(project uuid, example uuid, given smallint, read bytea, looked boolean, saw smallint, client uuid)
	returns table (happened boolean, details json, own smallint)
	language plpgsql volatile rows 1 set search_path = '' set enable_seqscan = off as $$
declare
	acting uuid := public.app_voter();
	card record;
	is_present boolean;
	standing smallint;
begin
	card := public.hold_example(project, example, client);
	if card.number is null then
		raise exception 'There is no such example' using errcode = 'AI040';
	end if;
	is_present := coalesce(read = card.mark, true);
	-- within another condition: one that holds a question is asked like a question, and as a rule nothing of it is left to ask
	if read <> '' and not is_present then
		if not exists (select from public.rewrites w where w.example_id = example and public.text_mark(w.output) = read) then
			raise exception 'The example has never had this text' using errcode = 'AI041';
		end if;
	end if;
	own := public.what_counts(card.latest, card.settled);
	if looked and card.sender is distinct from acting then
		standing := case when is_present then own else public.own_score(example, acting, read) end;
		if standing is distinct from saw then
			raise exception 'Another score was given meanwhile' using errcode = 'AI042',
				detail = json_build_object('number', card.number, 'now', standing);
		end if;
	end if;
	-- it was looked for, since an insert that may meet itself is written down once more when it has not
	happened := card.sender is null;
	if happened then
		insert into public.ratings (project_id, example_id, person_id, score, text, client_id)
		values (project, example, acting, given, coalesce(read, card.mark), client);
		if is_present then
			own := public.what_counts(coalesce(given, 0)::bigint, card.settled);
		end if;
	end if;
	details := json_build_object('number', card.number);
	return next;
end $$;

grant execute on function what_counts(bigint, bigint), own_score(uuid, uuid, bytea), hold_example(uuid, uuid, uuid), hold_example(uuid, uuid), rate_example(uuid, uuid, smallint, bytea, boolean, smallint, uuid) to app;

-- What people and scripts have said of an example, the newest first: of either's ratings, and of the rewrites, so many. Null where nobody has
-- said anything, which is so of nearly all that are looked at: as part of the question, what finds the names would be set up for each of them.
create or replace function history_of(example uuid, newest int) returns json language plpgsql stable as $$
declare
	is_rated boolean;
	is_rewritten boolean;
begin
	select exists (select from public.ratings r where r.example_id = example), exists (select from public.rewrites w where w.example_id = example)
	into is_rated, is_rewritten;
	if not is_rated and not is_rewritten then
		return null;
	end if;
	return json_build_object('scores', coalesce((
		select json_agg(json_build_object('name', name, 'personId', person_id, 'voter', voter, 'score', score, 'at', created_at,
			'text', encode(text, 'hex')) order by seq desc)
		from (
			select named.name, r.person_id, r.voter, r.score, r.created_at, r.text, r.seq,
				row_number() over (partition by r.voter order by r.seq desc) as place
			from public.ratings r join public.names_of_raters(example) named on named.id = r.person_id
			where r.example_id = example
		) of_each
		where place <= newest
	), '[]'), 'versions', coalesce((
		select json_agg(json_build_object('name', name, 'voter', voter, 'output', output, 'at', created_at) order by seq desc)
		from (
			select named.name, w.voter, w.output, w.created_at, w.seq
			from public.rewrites w join public.names_of_raters(example) named on named.id = w.person_id
			where w.example_id = example
			order by w.seq desc limit newest
		) latest
	), '[]'));
end $$;

grant execute on function history_of(uuid, int) to app;
