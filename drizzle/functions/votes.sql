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
