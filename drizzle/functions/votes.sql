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
