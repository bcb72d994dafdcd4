-- When votes are taken, and when no longer.

-- A reveal ends the vote: what has been seen cannot be judged blind, and nothing is taken back either. Locking the evaluation
-- makes a vote and a reveal of the same moment wait for each other: the vote comes before it and counts, or it is refused.
create or replace function refuse_late_votes() returns trigger language plpgsql security definer set search_path = '' as $$
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

create or replace trigger votes_end after insert on votes
	referencing new table as new_rows for each statement execute function refuse_late_votes();

create or replace trigger ballots_end after insert on ballots
	referencing new table as new_rows for each statement execute function refuse_late_votes();

create or replace trigger remarks_end after insert on remarks
	referencing new table as new_rows for each statement execute function refuse_late_votes();

-- Answers of a scoring get scores, pairs get choices: one of the other kind, once it stands, could be counted by nobody.
create or replace function refuse_other_marks() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	sort text := (select e.kind from public.evaluations e where e.team_id = new.team_id and e.id = new.evaluation_id);
begin
	if (new.choice ~ '^[0-9]+$') <> (sort = 'scoring') then
		raise exception 'A % takes no such vote', sort using errcode = 'AI046';
	end if;
	return null;
end $$;

create or replace trigger votes_mark after insert on votes
	for each row when (new.choice <> 'skip') execute function refuse_other_marks();

-- One voter's vote on their own ballot, appended: under row level security, as whoever acts; null takes back what they said before.
-- `looked`: it comes with the choice that was seen (`saw`). Sent twice, it counts once, also when the results are known by then.
-- AI043: there is no such evaluation. AI044: that ballot is not theirs. AI045: the vote was used for another ballot. AI042: another
-- choice than the one seen stands, as the detail says. AI030: the results are known. AI046: answers of a scoring get scores, pairs
-- get choices. The three comparisons of a three-way are voted on as one: a ballot of any of them is theirs, and so are the counts.
create or replace function cast_vote(project uuid, evaluation uuid, ballot uuid, mark text, looked boolean, saw text, client uuid)
	returns table (happened boolean, details json, judged int, skipped int, total int)
	language plpgsql volatile rows 1 set search_path = '' set enable_seqscan = off as $$
declare
	acting uuid := public.app_voter();
	contest record;
	paper record;
	standing record;
	written boolean := false;
	shared uuid[] := array[evaluation];
begin
	select e.number, e.planned, e.repeats, e.revealed_at, e.kind, e.three_part, coalesce(e.three_of, e.id) as lead into contest
	from public.evaluations e where e.id = evaluation and e.project_id = project;
	if contest.number is null then
		raise exception 'There is no such evaluation' using errcode = 'AI043';
	end if;
	if contest.three_part is not null then
		shared := contest.lead || array(select e.id from public.evaluations e where e.three_of = contest.lead);
	end if;
	select b.pairing_id, b.repeat, b.voter, b.evaluation_id into paper
	from public.ballots b where b.id = ballot and b.evaluation_id = any (shared) and b.person_id = acting;
	if paper.pairing_id is null then
		raise exception 'The ballot is not theirs' using errcode = 'AI044';
	end if;
	if looked then
		-- nothing they send elsewhere comes between
		perform pg_advisory_xact_lock(hashtextextended(ballot::text, 13));
	end if;
	select coalesce(bool_or(said.client_id = client), false) as sent, (array_agg(said.choice order by said.seq desc))[1] as choice into standing
	from (
		select v.client_id, v.choice, v.seq from public.votes v
		where v.evaluation_id = paper.evaluation_id and v.ballot_id = ballot order by v.seq offset 0
	) said;
	if not standing.sent then
		if contest.revealed_at is not null then
			raise exception 'The results are known, so no more votes are taken' using errcode = 'AI030';
		end if;
		if looked and standing.choice is distinct from saw then
			raise exception 'Another choice was made meanwhile' using errcode = 'AI042', detail = json_build_object('now', standing.choice);
		end if;
		-- the same vote sent twice at once: the second one finds it there
		insert into public.votes (project_id, evaluation_id, pairing_id, person_id, ballot_id, choice, client_id)
		values (project, paper.evaluation_id, paper.pairing_id, acting, ballot, mark, client) on conflict do nothing;
		written := found;
		if not written and exists (select from public.votes v where v.client_id = client and v.ballot_id <> ballot) then
			raise exception 'The vote was used for another ballot' using errcode = 'AI045';
		end if;
	end if;
	-- a repeat is no vote, and no news to anybody else
	happened := written and not paper.repeat;
	details := case contest.kind when 'scoring' then json_build_object('number', contest.number, 'kind', contest.kind)
		else json_build_object('number', contest.number) end;
	-- what comes again counts for the voter's way, or they could tell it by that
	total := cardinality(shared) * (contest.planned + case paper.voter when 'person' then contest.repeats else 0 end);
	select count(*) filter (where said.choice <> 'skip'), count(*) filter (where said.choice = 'skip') into judged, skipped
	from (
		select distinct on (given.ballot_id) given.choice
		from (
			select v.ballot_id, v.choice, v.seq from public.votes v
			where v.evaluation_id = any (shared) and v.person_id = acting order by v.seq offset 0
		) given
		order by given.ballot_id, given.seq desc
	) said;
	return next;
end $$;

grant execute on function cast_vote(uuid, uuid, uuid, text, boolean, text, uuid) to app;

-- What a voter adds to their vote on a pair, appended; the last one counts. As with a vote: under row level security, once for each id,
-- and never after the reveal. AI047: they have not judged the pair.
create or replace function add_remark(project uuid, evaluation uuid, ballot uuid, first_score int, second_score int, words text, client uuid)
	returns table (happened boolean, details json)
	language plpgsql volatile rows 1 set search_path = '' set enable_seqscan = off as $$
declare
	acting uuid := public.app_voter();
	contest record;
	paper record;
	shared uuid[] := array[evaluation];
begin
	select e.number, e.kind, e.three_part, coalesce(e.three_of, e.id) as lead into contest
	from public.evaluations e where e.id = evaluation and e.project_id = project;
	if contest.number is null then
		raise exception 'There is no such evaluation' using errcode = 'AI043';
	end if;
	if contest.kind <> 'comparison' then
		raise exception 'A % takes no remarks', contest.kind using errcode = 'AI046';
	end if;
	if contest.three_part is not null then
		shared := contest.lead || array(select e.id from public.evaluations e where e.three_of = contest.lead);
	end if;
	select b.pairing_id, b.evaluation_id into paper
	from public.ballots b where b.id = ballot and b.evaluation_id = any (shared) and b.person_id = acting;
	if paper.pairing_id is null then
		raise exception 'The ballot is not theirs' using errcode = 'AI044';
	end if;
	happened := false;
	details := json_build_object('number', contest.number);
	if exists (select from public.remarks r where r.client_id = client and r.ballot_id = ballot) then
		return next;
		return;
	end if;
	if coalesce((
		select v.choice from public.votes v where v.evaluation_id = paper.evaluation_id and v.ballot_id = ballot order by v.seq desc limit 1
	), 'skip') = 'skip' then
		raise exception 'They have not judged the pair' using errcode = 'AI047';
	end if;
	insert into public.remarks (project_id, evaluation_id, pairing_id, person_id, ballot_id, first_score, second_score, note, client_id)
	values (project, paper.evaluation_id, paper.pairing_id, acting, ballot, first_score, second_score, words, client) on conflict do nothing;
	happened := found;
	if not happened and exists (select from public.remarks r where r.client_id = client and r.ballot_id <> ballot) then
		raise exception 'The remark was used for another ballot' using errcode = 'AI045';
	end if;
	return next;
end $$;

grant execute on function add_remark(uuid, uuid, uuid, int, int, text, uuid) to app;

-- Of each of these evaluations who may vote in it: today, or, where results are known, when they were revealed.
create or replace function voters_of(these uuid[]) returns table (id uuid, needed int, people uuid[])
	language sql stable rows 10 set search_path = '' set enable_seqscan = off as $$
	select e.id, e.votes_per_prompt, coalesce(e.electorate, array(
		select m.person_id from public.members m where m.project_ids is null or e.project_id = any (m.project_ids)
	))
	from public.evaluations e where e.id = any (these)
$$;

-- The last act on each ballot of these evaluations: a choice, a skip, or null for what was taken back. What was said after the reveal, as it once could
-- be, is none: whoever said it knew who had written what. `whose`: only what people said, or scripts, or guests. `again`: what was said of pairs that came
-- again, which is no vote and never among the others. `pairs`: of these alone. `first`: whoever changes their mind keeps their place among the
-- voters of a prompt; who only skipped has none. Votes and ballots are read once each and laid beside each other, however few the planner expects.
create or replace function latest_votes(these uuid[], whose text, again boolean, pairs uuid[])
	returns table (evaluation_id uuid, pairing_id uuid, person_id uuid, voter text, ballot_id uuid, choice text, swapped boolean, place int,
		created_at timestamptz, first bigint)
	language sql stable rows 10000 set search_path = '' set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off set plan_cache_mode = force_custom_plan as $$
	select distinct on (v.ballot_id) v.evaluation_id, v.pairing_id, v.person_id, v.voter, v.ballot_id, v.choice, b.swapped, b.position, v.created_at,
		min(v.seq) filter (where v.choice <> 'skip') over (partition by v.ballot_id)
	from public.votes v
	join public.evaluations e on e.id = v.evaluation_id
	join public.ballots b on b.evaluation_id = v.evaluation_id and b.id = v.ballot_id
	where v.evaluation_id = any (these) and e.id = any (these) and b.evaluation_id = any (these) and b.repeat = again
		and (whose is null or v.voter = whose) and (pairs is null or (v.pairing_id = any (pairs) and b.pairing_id = any (pairs)))
		and (e.revealed_at is null or v.created_at <= e.revealed_at)
	order by v.ballot_id, v.seq desc
$$;

-- Of each of these evaluations how many prompts count, having their votes, how many are out, so many having skipped them that they cannot get theirs,
-- and how many this voter has judged and skipped.
create or replace function vote_counts(these uuid[], asking uuid) returns table (id uuid, judged int, skipped int, mine int, skips int)
	language sql stable rows 10 set search_path = '' set enable_nestloop = off set enable_mergejoin = off as $$
	with contests as materialized (select c.id, c.needed, c.people from public.voters_of(these) c),
	given as (
		select c.id,
			count(*) filter (where l.voter = 'person' and l.choice <> 'skip') as voted,
			count(*) filter (where l.voter = 'person' and l.choice = 'skip') as skipped,
			count(*) filter (where l.voter = 'person' and l.person_id = any (c.people)) as said,
			count(*) filter (where l.person_id = asking and l.choice <> 'skip') as mine,
			count(*) filter (where l.person_id = asking and l.choice = 'skip') as skips
		from public.latest_votes(these, null, false, null) l join contests c on c.id = l.evaluation_id
		where l.choice is not null
		group by c.id, l.pairing_id
	)
	select c.id,
		(count(*) filter (where g.voted >= c.needed))::int,
		(count(*) filter (where g.voted < c.needed and g.voted + cardinality(c.people) - g.said < c.needed
			and g.voted + cardinality(c.people) - g.said + g.skipped >= c.needed))::int,
		sum(g.mine)::int, sum(g.skips)::int
	from given g join contests c on c.id = g.id
	group by c.id
$$;

grant execute on function voters_of(uuid[]), latest_votes(uuid[], text, boolean, uuid[]), vote_counts(uuid[], uuid) to app;
