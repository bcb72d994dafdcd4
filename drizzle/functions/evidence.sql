-- What has been said, learnt, answered or measured stays as it was. Whoever serves removes no row of it (the policies: nobody),
-- and these triggers freeze the columns that are evidence once they are written. They hold for everybody, the owner of the tables
-- too: a migration that must mend something disables the trigger for its transaction, where everybody can read it.
--
-- What is deleted goes by functions of the owner alone, whom no policy binds, a week after an owner of the team has deleted it: a project with
-- all that hangs on it (project-ends.sql), and of a team the rest, when its projects are gone (ends.sql).
--
-- Cheap where it matters: `update of` asks only when one of these columns is written, which no rating does. Those of examples speak after the
-- change: with a trigger before it, whichever columns it names, each row would be locked, and that written down, before it is changed.

-- Says no, in the words of the trigger.
create or replace function keep_evidence() returns trigger language plpgsql set search_path = '' as $$
begin
	raise exception '%', tg_argv[0] using errcode = 'AI006';
end $$;

-- An example's text, what is computed from it, and where it stands. In validation the lock says so.
create or replace function keep_example() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.split = 'validation' then
		raise exception 'Example % is locked in validation', old.number using errcode = 'AI001';
	end if;
	raise exception 'Example % is what people rated: it can be rewritten, not changed', old.number using errcode = 'AI006';
end $$;

create or replace trigger examples_frozen
	after update of id, project_id, number, messages, source, content_hash, prompt_hash, tokens, origin, import_id, created_by, created_at
	on examples for each row when (
		(old.id, old.project_id, old.number, old.messages::text, old.source, old.content_hash, old.prompt_hash, old.tokens, old.origin,
			old.import_id, old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.number, new.messages::text, new.source, new.content_hash, new.prompt_hash, new.tokens, new.origin,
			new.import_id, new.created_by, new.created_at)
	) execute function keep_example();

-- What is derived is written by the triggers that derive it, as the owner of the table, and by nobody who serves. `truncate` is
-- what only the owner may. Of the others no product's statement names these columns, so what has changed is asked in the function: a condition on
-- all of them takes a rating as long to be set up as a question.
create or replace function keep_derived() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.trained and not new.trained then
		raise exception 'Example % was trained on; that cannot be taken back', old.number using errcode = 'AI002';
	end if;
	if (old.rating, old.ratings_count, old.rewrite, old.trained, old.reserved)
		is distinct from (new.rating, new.ratings_count, new.rewrite, new.trained, new.reserved) then
		raise exception 'The rating, rewrite and mark of example % follow from what people and runs did', old.number using errcode = 'AI006';
	end if;
	return null;
end $$;

create or replace trigger examples_derived after update of rating, ratings_count, rewrite, trained, reserved on examples
	for each row when (not has_table_privilege('public.examples'::regclass, 'truncate')) execute function keep_derived();

-- Nor does the owner unlearn what a run has learnt.
create or replace trigger examples_trained after update of trained on examples
	for each row when (old.trained and not new.trained) execute function keep_derived();

-- What a prompt of the pool asks. What nearly asks the same is found out again and again.
create or replace trigger prompts_frozen before update of id, project_id, number, messages, prompt_hash, origin, created_by, created_at on prompts
	for each row when (
		(old.id, old.project_id, old.number, old.messages::text, old.prompt_hash, old.origin, old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.number, new.messages::text, new.prompt_hash, new.origin, new.created_by, new.created_at)
	) execute function keep_evidence('A prompt stays what people were shown; write another one');

create or replace trigger imports_frozen before update of id, project_id, person_id, file_name, created_at on imports
	for each row when (
		(old.id, old.project_id, old.person_id, old.file_name, old.created_at)
		is distinct from (new.id, new.project_id, new.person_id, new.file_name, new.created_at)
	) execute function keep_evidence('Who imported what, and when, stays as it was');

-- What a run was ordered with.
create or replace trigger runs_frozen
	before update of id, project_id, version, connection_id, base_model, method, recipe, seed, mark, created_by, created_at on runs
	for each row when (
		(old.id, old.project_id, old.version, old.connection_id, old.base_model, old.method, old.recipe::text, old.seed, old.mark,
			old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.version, new.connection_id, new.base_model, new.method, new.recipe::text, new.seed, new.mark,
			new.created_by, new.created_at)
	) execute function keep_evidence('What a run was ordered with stays as it was');

-- How much it learnt from is known once its files are written, and before it has a job.
create or replace trigger runs_counted before update of train_count, validation_count, tokens on runs
	for each row when (
		(old.train_count, old.validation_count, old.tokens) is distinct from (new.train_count, new.validation_count, new.tokens)
		and (old.status <> 'uploading' or old.job_id is not null)
	) execute function keep_evidence('How many examples a run learnt from stays as it was');

-- What the provider counted is counted once, of the bytes that were sent.
create or replace trigger runs_measured before update of counted on runs
	for each row when (old.counted is not null and old.counted::text is distinct from new.counted::text)
	execute function keep_evidence('What the provider counted stays as it was');

-- The model is named once. A provider that goes on with the job under another number names it anew, until the run is over.
create or replace trigger runs_named before update of model, model_object on runs
	for each row when (
		((old.model is not null and new.model is distinct from old.model)
			or (old.model_object is not null and new.model_object is distinct from old.model_object))
		and (new.job_id is not distinct from old.job_id)
	) execute function keep_evidence('The model of a run stays the one it was');

-- An end is final.
create or replace trigger runs_ended before update of status, job_id, model, model_object, finished_at on runs
	for each row when (
		old.status in ('ready', 'failed', 'cancelled')
		and (old.status, old.job_id, old.model, old.model_object, old.finished_at)
			is distinct from (new.status, new.job_id, new.model, new.model_object, new.finished_at)
	) execute function keep_evidence('A run that is over stays as it ended');

create or replace trigger servings_frozen before update of id, project_id, run_id, base_model, mark, cents_per_hour, started_by, created_at on servings
	for each row when (
		(old.id, old.project_id, old.run_id, old.base_model, old.mark, old.cents_per_hour, old.started_by, old.created_at)
		is distinct from (new.id, new.project_id, new.run_id, new.base_model, new.mark, new.cents_per_hour, new.started_by, new.created_at)
	) execute function keep_evidence('Which model was served, by whom and at what price, stays as it was');

-- Who was told what by mail stays; when it went out is written later, once.
create or replace trigger mails_frozen before update of id, project_id, kind, subject, person_id, created_at on mails
	for each row when (
		(old.id, old.project_id, old.kind, old.subject, old.person_id, old.created_at)
		is distinct from (new.id, new.project_id, new.kind, new.subject, new.person_id, new.created_at)
	) execute function keep_evidence('Who was told what by mail stays as it was');

create or replace trigger mails_settled before update of sent_at on mails
	for each row when (old.sent_at is not null and new.sent_at is distinct from old.sent_at)
	execute function keep_evidence('A mail that went out stays so');

-- What an evaluation compares, and how much of it makes a verdict, is fixed before anybody votes.
create or replace trigger evaluations_frozen
	before update of id, project_id, number, kind, sendable_from, run_id, base_of, connection_id, base_model, label, against_run_id,
		against_base_of, against_connection_id, against_model, against_label, few_shot, against_few_shot, system_prompt, prompts_from, planned, votes_per_prompt, delta, repeats, attempt, thinking,
		continues_id, three_part, three_of, temperature, max_tokens, seed, created_by, created_at
	on evaluations for each row when (
		(old.id, old.project_id, old.number, old.kind, old.sendable_from, old.run_id, old.base_of, old.connection_id, old.base_model, old.label,
			old.against_run_id, old.against_base_of, old.against_connection_id, old.against_model, old.against_label,
			old.few_shot::text, old.against_few_shot::text,
			old.system_prompt, old.prompts_from, old.planned, old.votes_per_prompt, old.delta, old.repeats, old.attempt, old.thinking, old.continues_id, old.three_part, old.three_of, old.temperature,
			old.max_tokens, old.seed, old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.number, new.kind, new.sendable_from, new.run_id, new.base_of, new.connection_id, new.base_model, new.label,
			new.against_run_id, new.against_base_of, new.against_connection_id, new.against_model, new.against_label,
			new.few_shot::text, new.against_few_shot::text,
			new.system_prompt, new.prompts_from, new.planned, new.votes_per_prompt, new.delta, new.repeats, new.attempt, new.thinking, new.continues_id, new.three_part, new.three_of, new.temperature,
			new.max_tokens, new.seed, new.created_by, new.created_at)
	) execute function keep_evidence('What an evaluation compares is fixed when it is made');

create or replace trigger evaluations_revealed before update of revealed_at, electorate on evaluations
	for each row when (
		old.revealed_at is not null and (old.revealed_at, old.electorate) is distinct from (new.revealed_at, new.electorate)
	) execute function keep_evidence('What has been revealed stays revealed, since when it was');

-- What came out is kept once, at the reveal, or later where it was not counted then: lists, trends and the verdicts that come later read it.
-- A migration that brings other rules takes away what was kept, with the judged pairs, and it is counted anew.
create or replace trigger evaluations_counted before update of result, scored, counted on evaluations
	for each row when (
		(old.result is not null and new.result::text is distinct from old.result::text)
		or (old.scored is not null and new.scored::text is distinct from old.scored::text)
		or (old.counted is not null and new.counted::text is distinct from old.counted::text)
		or (new.revealed_at is null and num_nonnulls(new.result, new.scored, new.counted) > 0)
	) execute function keep_evidence('What came out of an evaluation stays as it was counted');

-- Where the texts of its answers went is said by the function that removes them, once.
create or replace function keep_texts_removed() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.texts_removed_at is not null or not has_table_privilege(tg_relid, 'truncate') then
		raise exception 'Whether the texts of answers were removed follows from whether they are there' using errcode = 'AI006';
	end if;
	return new;
end $$;

create or replace trigger evaluations_texts before update of texts_removed_at on evaluations
	for each row when (old.texts_removed_at is distinct from new.texts_removed_at) execute function keep_texts_removed();

-- Which model was asked, and by what it judges. Once it is through it stays so: what failed or was stopped may go on.
create or replace trigger judgings_frozen
	before update of id, project_id, evaluation_id, connection_id, model, label, criteria, created_by, created_at on judgings
	for each row when (
		(old.id, old.project_id, old.evaluation_id, old.connection_id, old.model, old.label, old.criteria, old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.evaluation_id, new.connection_id, new.model, new.label, new.criteria, new.created_by, new.created_at)
	) execute function keep_evidence('Which model judges, and by what, stays as it was');

create or replace trigger judgings_done before update of status, ended_at on judgings
	for each row when (old.status = 'done' and (old.status, old.ended_at) is distinct from (new.status, new.ended_at))
	execute function keep_evidence('A judge that is through stays so');

-- But the address of somebody who is gone, and where they came from (functions/ends.sql).
create or replace trigger audit_entries_frozen before update on audit_entries for each row when (
	(old.team_id, old.id, old.created_at, old.seq, old.person_id, old.action, old.subject, old.request_id, old.key_id)
	is distinct from
	(new.team_id, new.id, new.created_at, new.seq, new.person_id, new.action, new.subject, new.request_id, new.key_id)
	or (new.address is distinct from old.address and new.address is not null)
	or case when old.details::text = new.details::text then false
		when old.action = 'token.confirmed' then new.details ->> 'from' is distinct from 'an address that is gone'
			or old.details::jsonb - 'from' <> new.details::jsonb - 'from'
		when old.action not in ('member.invited', 'member.invited_again', 'member.role_changed', 'member.removed', 'invitation.revoked') then true
		else new.details ->> 'email' is distinct from 'somebody who left' or old.details::jsonb - 'email' <> new.details::jsonb - 'email' end
) execute function keep_evidence('What was done stays as it was written down');

-- A key is what it was made as: another role, or other projects, is another key. Its end comes once, and never later.
create or replace trigger api_keys_frozen before update of id, name, role, project_ids, hash, hint, created_by, created_at on api_keys
	for each row when (
		(old.id, old.name, old.role, old.project_ids, old.hash, old.hint, old.created_by, old.created_at)
		is distinct from (new.id, new.name, new.role, new.project_ids, new.hash, new.hint, new.created_by, new.created_at)
	) execute function keep_evidence('A key stays what it was made as');

create or replace trigger api_keys_ended before update of expires_at, revoked_at, rolled_at on api_keys
	for each row when (
		new.expires_at > old.expires_at
		or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
		or (old.rolled_at is not null and new.rolled_at is distinct from old.rolled_at)
	) execute function keep_evidence('A key that ends does not come back');

-- An entry gets its place once.
create or replace trigger audit_links_frozen before update of team_id, entry_id, place, hash on audit_links
	for each row when (old.place is not null or (old.team_id, old.entry_id) is distinct from (new.team_id, new.entry_id))
	execute function keep_evidence('The place of an audit entry stays the one it was');

create or replace trigger webhook_deliveries_frozen before update of id, endpoint_id, project_ids, event, body, created_at on webhook_deliveries
	for each row when (
		(old.id, old.endpoint_id, old.project_ids, old.event, old.body, old.created_at)
		is distinct from (new.id, new.endpoint_id, new.project_ids, new.event, new.body, new.created_at)
	) execute function keep_evidence('What is sent to a webhook stays as it was');

-- Which answer somebody liked better; taken back once.
create or replace trigger playground_pairs_frozen
	before update of id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, voter, client_id, created_at
	on playground_pairs for each row when (
		(old.id, old.project_id, old.prompt::text, old.prompt_hash, old.chosen, old.rejected, old.chosen_by, old.rejected_by, old.person_id,
			old.voter, old.client_id, old.created_at)
		is distinct from
		(new.id, new.project_id, new.prompt::text, new.prompt_hash, new.chosen, new.rejected, new.chosen_by, new.rejected_by, new.person_id,
			new.voter, new.client_id, new.created_at)
	) execute function keep_evidence('A preference stays what somebody chose');

create or replace trigger playground_pairs_withdrawn before update of withdrawn_at on playground_pairs
	for each row when (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at)
	execute function keep_evidence('A preference that was taken back stays so');

-- That a run was sent it follows from what runs were sent, and is never taken back.
create or replace function keep_ordered() returns trigger language plpgsql set search_path = '' as $$
begin
	if old.ordered or not has_table_privilege(tg_relid, 'truncate') then
		raise exception 'Whether a run was sent a preference follows from what it was sent' using errcode = 'AI006';
	end if;
	return new;
end $$;

create or replace trigger playground_pairs_kept before update of ordered on playground_pairs
	for each row when (old.ordered is distinct from new.ordered) execute function keep_ordered();

-- A link is what it was made as. Its end alone may be taken back.
create or replace trigger guest_links_frozen
	before update of id, project_id, evaluation_id, hash, title, instructions, pairs, most_guests, expires_at, created_by, created_at
	on guest_links for each row when (
		(old.id, old.project_id, old.evaluation_id, old.hash, old.title, old.instructions, old.pairs, old.most_guests, old.expires_at,
			old.created_by, old.created_at)
		is distinct from
		(new.id, new.project_id, new.evaluation_id, new.hash, new.title, new.instructions, new.pairs, new.most_guests, new.expires_at,
			new.created_by, new.created_at)
	) execute function keep_evidence('A link stays what it was made as; make another one');
