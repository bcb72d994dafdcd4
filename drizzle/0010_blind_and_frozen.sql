-- A rating belongs to the text it was given for, the score from before others' were seen is the one that counts, and a reveal
-- ends the vote. The functions and triggers of it are in drizzle/functions; here is what the data that is there needs.
ALTER TABLE "ratings" ADD COLUMN "text" "bytea" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "ratings" ALTER COLUMN "text" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "settled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Which text of an example it is, the same after an undo as before: nothing for the original answer, else the SHA-256 of the
-- rewrite. As server/ratings/rows.ts makes it.
create or replace function text_mark(rewrite text) returns bytea language sql stable parallel safe as $$
	select coalesce(sha256(convert_to(rewrite, 'UTF8')), '')
$$;
--> statement-breakpoint
-- The rating of these examples, whose rows are locked: the mean of what counts of each person. That is their latest score for the
-- text as it stands, unless they took it back; once they were shown what others gave, it is the one from before that (`settled`),
-- whatever score came later.
create or replace function count_ratings(team uuid, ids uuid[]) returns void language sql set search_path = '' as $$
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
-- Until now a vote after an early reveal was in what came out. It no longer is: those evaluations are counted once more.
update evaluations e set result = null
where e.revealed_at is not null and exists (
	select from votes v where v.team_id = e.team_id and v.evaluation_id = e.id and v.created_at > e.revealed_at
);
