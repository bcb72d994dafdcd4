-- What came of the pairs of a comparison is written down when it is revealed, or later where it was not counted then, and once: results go by it.
-- Before the reveal nobody can write, nor so read, what their votes have come to.
create or replace function refuse_uncounted_pairs() returns trigger language plpgsql set search_path = '' set enable_seqscan = off as $$
begin
	if exists (
		select from new_rows n
			left join public.evaluations e
				on e.team_id = n.team_id and e.id = n.evaluation_id and e.kind = 'comparison' and e.revealed_at is not null and e.counted is null
			left join public.pairings p on p.team_id = n.team_id and p.project_id = n.project_id and p.id = n.pairing_id
		where e.id is null or p.id is null
	) then
		raise exception 'What came of a pair is written down once, when it is revealed' using errcode = 'AI006';
	end if;
	return null;
end $$;

create or replace trigger judged_pairs_once after insert on judged_pairs
	referencing new table as new_rows for each statement execute function refuse_uncounted_pairs();
