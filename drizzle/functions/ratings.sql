-- What people said of an example, and what stands on the example because of it. These are definer functions, because a rater's
-- act changes a row that a rater may not write; they only follow rows that row level security has already let in.
--
-- Each locks the examples it is about to change, in the order of their ids, and only then reads, in a statement of its own: that
-- one sees what everybody before us has committed. An UPDATE that reads and waits in one statement writes, once it may, what it
-- had read before it waited; three people who rated one example at the same moment left a wrong mean in two of three tries.

-- An example's rating is the mean of everybody's latest score.
create or replace function derive_ratings() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
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

create or replace trigger ratings_derive after insert on ratings
	referencing new table as new_rows for each statement execute function derive_ratings();

-- The latest rewrite is what trains; null goes back to the original. The latest of all, not of those that just came: who comes
-- first is not who is first to write.
create or replace function derive_rewrites() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	perform from public.examples e
	where (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n)
	order by e.team_id, e.id
	for no key update;
	update public.examples e
	set rewrite = found.output
	from (
		select touched.team_id, touched.example_id, latest.output
		from (select distinct team_id, example_id from new_rows) touched
		cross join lateral (
			select w.output
			from public.rewrites w
			where w.team_id = touched.team_id and w.example_id = touched.example_id
			order by w.seq desc
			limit 1
		) latest
	) found
	where e.team_id = found.team_id and e.id = found.example_id;
	return null;
end $$;

create or replace trigger rewrites_derive after insert on rewrites
	referencing new table as new_rows for each statement execute function derive_rewrites();
