-- A rating belongs to the text it was given for, the score from before others' were seen is the one that counts, and a reveal
-- ends the vote.
ALTER TABLE "ratings" ADD COLUMN "text" "bytea" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "ratings" ALTER COLUMN "text" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "settled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Which text of an example it is, the same after an undo as before: nothing for the original answer, else the SHA-256 of the
-- rewrite. As server/ratings/rows.ts makes it.
create function text_mark(rewrite text) returns bytea language sql stable parallel safe as $$
	select coalesce(sha256(convert_to(rewrite, 'UTF8')), '')
$$;
--> statement-breakpoint
grant execute on function text_mark(text) to app;
--> statement-breakpoint
-- A rating that does not say which text it is of is of the one that stands.
create function mark_rating() returns trigger language plpgsql set search_path = '' as $$
begin
	select public.text_mark(e.rewrite) into new.text
	from public.examples e where e.team_id = new.team_id and e.id = new.example_id;
	new.text := coalesce(new.text, ''); -- without such an example the key refuses it
	return new;
end $$;
--> statement-breakpoint
create trigger ratings_mark before insert on ratings
	for each row when (new.text is null) execute function mark_rating();
--> statement-breakpoint

-- The rating of these examples, whose rows are locked: the mean of what counts of each person. That is their latest score for the
-- text as it stands, unless they took it back; once they were shown what others gave, it is the one from before that (`settled`),
-- whatever score came later.
create function count_ratings(team uuid, ids uuid[]) returns void language sql set search_path = '' as $$
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
			where r.team_id = team and r.example_id = touched.id and r.text = touched.text
			group by r.person_id
		) counting on true
		group by touched.id
	) found
	where e.team_id = team and e.id = found.id
$$;
--> statement-breakpoint
-- As in 0002; now the touched examples are locked first, in the order of their ids, and read in a statement that begins when
-- they are ours: it sees what everybody before us has committed.
create or replace function derive_ratings() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	touched record;
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	for touched in select n.team_id, array_agg(distinct n.example_id) as ids from new_rows n group by n.team_id loop
		perform public.count_ratings(touched.team_id, touched.ids);
	end loop;
	return null;
end $$;
--> statement-breakpoint
-- The latest rewrite is what trains; null goes back to the original. The latest of all, not of those that just came: who comes
-- first is not who is first to write. With the text change the scores that count.
create or replace function derive_rewrites() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	touched record;
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	for touched in select n.team_id, array_agg(distinct n.example_id) as ids from new_rows n group by n.team_id loop
		update public.examples e
		set rewrite = (
			select w.output from public.rewrites w
			where w.team_id = e.team_id and w.example_id = e.id
			order by w.seq desc limit 1
		)
		where e.team_id = touched.team_id and e.id = any (touched.ids);
		perform public.count_ratings(touched.team_id, touched.ids);
	end loop;
	return null;
end $$;
--> statement-breakpoint
-- Whoever acts is about to be shown what others gave: what they have given themselves for the text as it stands is settled, and
-- counts from then on whatever score they give later. False, and nothing may be shown, when they have given nothing.
create function settle_rating(example uuid) returns boolean language plpgsql security definer set search_path = '' as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	person uuid := nullif(current_setting('app.user_id', true), '')::uuid;
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
	select r.id, r.score into own
	from public.ratings r
	where r.team_id = team and r.example_id = example and r.person_id = person and r.text = present
	order by r.seq desc limit 1;
	if own.score is null then
		return false;
	end if;
	update public.ratings r set settled = true
	where r.team_id = team and r.id = own.id and not exists (
		select from public.ratings s
		where s.team_id = team and s.example_id = example and s.person_id = person and s.text = present and s.settled
	);
	return true;
end $$;
--> statement-breakpoint
grant execute on function settle_rating(uuid) to app;
--> statement-breakpoint
-- The ratings that are there belong to the text that stood when they were given: a rewrite and the score that comes with it are
-- one transaction, and so have one time.
update ratings r
set text = text_mark((
	select w.output from rewrites w
	where w.team_id = r.team_id and w.example_id = r.example_id and w.created_at <= r.created_at
	order by w.seq desc limit 1
))
where exists (select from rewrites w where w.team_id = r.team_id and w.example_id = r.example_id);
--> statement-breakpoint
select count_ratings(team_id, array_agg(distinct example_id)) from rewrites group by team_id;
--> statement-breakpoint

-- A reveal ends the vote: what has been seen cannot be judged blind, and nothing is taken back either. Locking the evaluation
-- makes a vote and a reveal of the same moment wait for each other: the vote comes before it and counts, or it is refused.
create function refuse_late_votes() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	revealed bigint;
begin
	select count(e.revealed_at) into revealed from (
		select e.revealed_at from public.evaluations e
		where (e.team_id, e.id) in (select n.team_id, n.evaluation_id from new_rows n)
		order by e.team_id, e.id
		for share
	) e;
	if revealed > 0 then
		raise exception 'The results are known, so no more votes are taken' using errcode = 'AI030';
	end if;
	return null;
end $$;
--> statement-breakpoint
create trigger votes_end after insert on votes
	referencing new table as new_rows for each statement execute function refuse_late_votes();
--> statement-breakpoint
create trigger ballots_end after insert on ballots
	referencing new table as new_rows for each statement execute function refuse_late_votes();
--> statement-breakpoint
-- Until now a vote after an early reveal was in what came out. It no longer is: those evaluations are counted once more.
update evaluations e set result = null
where e.revealed_at is not null and exists (
	select from votes v where v.team_id = e.team_id and v.evaluation_id = e.id and v.created_at > e.revealed_at
);
