-- Where a server keeps the texts of answers for some time only (KEEP_ANSWERS_DAYS): which go, says the clock of the database. Nothing else can
-- change an answer, and what is known of one without its text is written in the same moment, once.

-- The janitor's question: which teams have results with texts that were revealed so many days ago. Never sooner than ninety.
create or replace function teams_with_old_answers(days int) returns setof uuid
	language sql stable security definer set search_path = '' as $$
	select distinct e.team_id from public.evaluations e
	where e.revealed_at < now() - make_interval(days => greatest(teams_with_old_answers.days, 90)) and e.texts_removed_at is null
		and not public.is_team_deleted(e.team_id)
$$;

-- Removes the texts of these answers of one evaluation of the acting team, each with what is told of it: `[{"id": …, "told": {…}}]`. Says how many
-- those were; when none is left the evaluation says since when. What is not old enough, or what a model reads that judges, stays; whoever lets
-- one judge locks the evaluation, too.
create or replace function remove_answers(evaluation uuid, days int, told json) returns int
	language plpgsql security definer set search_path = '' as $$
declare
	team uuid := (select nullif(current_setting('app.team_id', true), '')::uuid);
	removed int;
begin
	perform from public.evaluations e
	where e.team_id = team and e.id = remove_answers.evaluation and e.texts_removed_at is null
		and e.revealed_at < now() - make_interval(days => greatest(remove_answers.days, 90))
		and not exists (
			select from public.judgings j where j.team_id = e.team_id and j.evaluation_id = e.id and j.status = 'judging'
		)
	for no key update;
	if not found then
		return 0;
	end if;
	update public.outputs o
	set text = '', sha256 = encode(sha256(convert_to(o.text, 'UTF8')), 'hex'), told = t.told, removed_at = now()
	from json_to_recordset(remove_answers.told) t (id uuid, told json)
	where o.team_id = team and o.id = t.id and o.evaluation_id = remove_answers.evaluation and o.removed_at is null;
	get diagnostics removed = row_count;
	if not exists (
		select from public.outputs o join public.pairings p on p.team_id = o.team_id and p.id = o.pairing_id
		where p.team_id = team and p.evaluation_id = remove_answers.evaluation and o.removed_at is null
	) then
		update public.evaluations e set texts_removed_at = now() where e.team_id = team and e.id = remove_answers.evaluation;
	end if;
	return removed;
end $$;

grant execute on function teams_with_old_answers(int), remove_answers(uuid, int, json) to app;
