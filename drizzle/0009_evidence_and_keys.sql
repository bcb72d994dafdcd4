-- Keys that carry project and parent, columns that hold only what the product knows, evidence that nobody who serves removes.
-- What breaks a new rule is set aside with its reason (it was sent past the product: no page can bring it about), never lost.
-- Reading and writing wait until this is over: the first statements lock the tables.
create table drizzle.set_aside (
	at timestamptz not null default now(),
	place text not null,
	reason text not null,
	"row" json not null
);
--> statement-breakpoint
ALTER TABLE "ballots" DROP CONSTRAINT "ballots_team_id_pairing_id_pairings_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "ballots" DROP CONSTRAINT "ballots_team_id_evaluation_id_evaluations_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "ballots" DROP CONSTRAINT "ballots_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "evaluations" DROP CONSTRAINT "evaluations_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "evaluations" DROP CONSTRAINT "evaluations_team_id_against_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "outputs" DROP CONSTRAINT "outputs_team_id_pairing_id_pairings_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "outputs" DROP CONSTRAINT "outputs_team_id_evaluation_id_evaluations_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "outputs" DROP CONSTRAINT "outputs_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "pairings" DROP CONSTRAINT "pairings_team_id_evaluation_id_evaluations_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "pairings" DROP CONSTRAINT "pairings_team_id_example_id_examples_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "pairings" DROP CONSTRAINT "pairings_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "ratings" DROP CONSTRAINT "ratings_team_id_example_id_examples_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "ratings" DROP CONSTRAINT "ratings_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "rewrites" DROP CONSTRAINT "rewrites_team_id_example_id_examples_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "rewrites" DROP CONSTRAINT "rewrites_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_events" DROP CONSTRAINT "run_events_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_events" DROP CONSTRAINT "run_events_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_examples" DROP CONSTRAINT "run_examples_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_examples" DROP CONSTRAINT "run_examples_team_id_example_id_examples_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_examples" DROP CONSTRAINT "run_examples_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_files" DROP CONSTRAINT "run_files_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_files" DROP CONSTRAINT "run_files_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_points" DROP CONSTRAINT "run_points_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "run_points" DROP CONSTRAINT "run_points_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "servings" DROP CONSTRAINT "servings_team_id_run_id_runs_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "servings" DROP CONSTRAINT "servings_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_team_id_ballot_id_ballots_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_team_id_pairing_id_pairings_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_team_id_evaluation_id_evaluations_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_team_id_project_id_projects_team_id_id_fk";
--> statement-breakpoint
DROP INDEX "examples_learnt";
--> statement-breakpoint
-- From the top down, so that what hangs on something that was set aside follows it.
with gone as (
	delete from evaluations e where not exists (select from runs p where p.team_id = e.team_id and p.project_id = e.project_id and p.id = e.run_id)
		or e.against_run_id is not null and not exists (select from runs p where p.team_id = e.team_id and p.project_id = e.project_id and p.id = e.against_run_id)
		or e.planned < 0 returning e.*
)
insert into drizzle.set_aside (place, reason, "row") select 'evaluations', 'its run is of another project', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from pairings c where not exists (select from evaluations p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.evaluation_id)
		or not exists (select from examples p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.example_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'pairings', 'its evaluation or example is of another project', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from outputs c where c.contender not in ('a', 'b') or not exists (select from pairings p where p.team_id = c.team_id and p.project_id = c.project_id and p.evaluation_id = c.evaluation_id and p.id = c.pairing_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'outputs', 'its pairing is of another evaluation, or nobody knows the contender', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from ballots c where not exists (select from pairings p where p.team_id = c.team_id and p.project_id = c.project_id and p.evaluation_id = c.evaluation_id and p.id = c.pairing_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'ballots', 'its pairing is of another evaluation', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from votes c where c.choice not in ('first', 'tie', 'second', 'both_bad')
		or not exists (select from ballots p where p.team_id = c.team_id and p.project_id = c.project_id and p.evaluation_id = c.evaluation_id and p.pairing_id = c.pairing_id and p.person_id = c.person_id and p.id = c.ballot_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'votes', 'its ballot is of another person or pairing, or nobody knows the choice', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from ratings c where c.score not between 1 and 10 or not exists (select from examples p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.example_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'ratings', 'its example is of another project, or there is no such score', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from rewrites c where not exists (select from examples p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.example_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'rewrites', 'its example is of another project', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from run_files c where c.kind not in ('train', 'validation') or c.byte_count < 0 or not exists (select from runs p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.run_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'run_files', 'its run is of another project, or nobody knows the kind', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from run_examples c where c.kind not in ('train', 'validation') or not exists (select from runs p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.run_id)
		or not exists (select from examples p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.example_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'run_examples', 'its run or example is of another project, or nobody knows the kind', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from run_events c where not exists (select from runs p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.run_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'run_events', 'its run is of another project', row_to_json(gone) from gone;
--> statement-breakpoint
with gone as (
	delete from run_points c where c.series not in ('train', 'validation') or not exists (select from runs p where p.team_id = c.team_id and p.project_id = c.project_id and p.id = c.run_id) returning c.*
)
insert into drizzle.set_aside (place, reason, "row") select 'run_points', 'its run is of another project, or nobody knows the series', row_to_json(gone) from gone;
--> statement-breakpoint
-- What may be billed is never set aside: it goes to its run's project, where somebody stops it.
update servings s set project_id = r.project_id
from runs r where r.team_id = s.team_id and r.id = s.run_id and r.project_id <> s.project_id;
--> statement-breakpoint
-- Words that nobody knows become the one that promises least.
update members m
set role = case when exists (select from members o where o.team_id = m.team_id and o.role = 'owner') then 'rater' else 'owner' end
where role not in ('owner', 'trainer', 'rater');
--> statement-breakpoint
update invitations set role = 'rater' where role not in ('owner', 'trainer', 'rater');
--> statement-breakpoint
update connections set status = 'untested' where status not in ('untested', 'ok', 'refused');
--> statement-breakpoint
update connections set training = 'unknown' where training not in ('open', 'closed', 'unknown');
--> statement-breakpoint
update projects set quality_threshold = least(greatest(quality_threshold, 1), 10) where quality_threshold not between 1 and 10;
--> statement-breakpoint
update imports set added = greatest(added, 0), duplicates = greatest(duplicates, 0), refused = greatest(refused, 0)
where least(added, duplicates, refused) < 0;
--> statement-breakpoint
update examples set split = null where split not in ('train', 'validation');
--> statement-breakpoint
update examples set origin = 'written' where origin not in ('written', 'import', 'playground');
--> statement-breakpoint
update examples set tokens = 0 where tokens < 0;
--> statement-breakpoint
update runs set status = 'failed', problem = coalesce(problem, 'Nobody knows how far this run has come. Train again.')
where status not in ('draft', 'uploading', 'submitting', 'unknown', 'validating', 'queued', 'training', 'finishing', 'cancelling', 'ready', 'failed', 'cancelled');
--> statement-breakpoint
update runs set train_count = greatest(train_count, 0), validation_count = greatest(validation_count, 0), tokens = greatest(tokens, 0)
where least(train_count, validation_count, tokens) < 0;
--> statement-breakpoint
update run_events set level = 'info' where level not in ('info', 'warning', 'error');
--> statement-breakpoint
-- It may be there and billed, so somebody goes and stops it, unless the run has another one that is alive.
update servings s
set status = case when exists (
	select from servings o
	where o.team_id = s.team_id and o.run_id = s.run_id and o.id <> s.id and o.status not in ('stopped', 'failed')
) then 'failed' else 'stopping' end
where status not in ('starting', 'ready', 'stopping', 'stopped', 'failed');
--> statement-breakpoint
update evaluations set status = 'failed' where status not in ('generating', 'voting', 'failed');
--> statement-breakpoint
-- What stands is computed anew: people who rated one example at the same moment have left wrong means, and two rewrites at
-- once the older one.
update examples e
set rating = found.mean, ratings_count = found.people
from (
	select x.team_id, x.id, said.mean, coalesce(said.people, 0) as people
	from examples x left join (
		select team_id, example_id, avg(score)::real as mean, count(score)::int as people
		from (
			select distinct on (team_id, example_id, person_id) team_id, example_id, score
			from ratings order by team_id, example_id, person_id, seq desc
		) latest
		group by team_id, example_id
	) said on said.team_id = x.team_id and said.example_id = x.id
) found
where e.team_id = found.team_id and e.id = found.id and (e.rating, e.ratings_count) is distinct from (found.mean, found.people);
--> statement-breakpoint
update examples e
set rewrite = found.output
from (
	select x.team_id, x.id, latest.output
	from examples x left join (
		select distinct on (team_id, example_id) team_id, example_id, output
		from rewrites order by team_id, example_id, seq desc
	) latest on latest.team_id = x.team_id and latest.example_id = x.id
) found
where e.team_id = found.team_id and e.id = found.id and e.rewrite is distinct from found.output;
--> statement-breakpoint
update examples e set trained = true
where not e.trained and exists (
	select from run_examples m where m.team_id = e.team_id and m.example_id = e.id and m.kind = 'train'
);
--> statement-breakpoint
-- A validation prompt stays one when its example is deleted. What has slipped into train meanwhile, and was not learnt yet, is
-- free again; the next split takes it to validation.
update examples e set split = null
where e.split = 'train' and not e.trained and exists (
	select from examples o
	where o.team_id = e.team_id and o.project_id = e.project_id and o.prompt_hash = e.prompt_hash
		and o.split = 'validation' and o.deleted_at is not null
);
--> statement-breakpoint
-- Said in drizzle/functions from now on, under another name.
drop trigger examples_facts on examples;
--> statement-breakpoint
drop function keep_facts();
--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_place" UNIQUE("team_id","project_id","evaluation_id","pairing_id","person_id","id");
--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_place" UNIQUE("team_id","project_id","id");
--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_place" UNIQUE("team_id","project_id","id");
--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_place" UNIQUE("team_id","project_id","evaluation_id","id");
--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_place" UNIQUE("team_id","project_id","id");
--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_pairing" FOREIGN KEY ("team_id","project_id","evaluation_id","pairing_id") REFERENCES "public"."pairings"("team_id","project_id","evaluation_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_against_run" FOREIGN KEY ("team_id","project_id","against_run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_pairing" FOREIGN KEY ("team_id","project_id","evaluation_id","pairing_id") REFERENCES "public"."pairings"("team_id","project_id","evaluation_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_evaluation" FOREIGN KEY ("team_id","project_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_example" FOREIGN KEY ("team_id","project_id","example_id") REFERENCES "public"."examples"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_example" FOREIGN KEY ("team_id","project_id","example_id") REFERENCES "public"."examples"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rewrites" ADD CONSTRAINT "rewrites_example" FOREIGN KEY ("team_id","project_id","example_id") REFERENCES "public"."examples"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_example" FOREIGN KEY ("team_id","project_id","example_id") REFERENCES "public"."examples"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_files" ADD CONSTRAINT "run_files_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_points" ADD CONSTRAINT "run_points_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "servings" ADD CONSTRAINT "servings_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_ballot" FOREIGN KEY ("team_id","project_id","evaluation_id","pairing_id","person_id","ballot_id") REFERENCES "public"."ballots"("team_id","project_id","evaluation_id","pairing_id","person_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "examples_held" ON "examples" USING btree ("team_id","project_id","prompt_hash") WHERE trained or (split = 'validation' and deleted_at is not null);
--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_status_known" CHECK (status in ('untested', 'ok', 'refused'));
--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_training_known" CHECK (training in ('open', 'closed', 'unknown'));
--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_status_known" CHECK (status in ('generating', 'voting', 'failed'));
--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_counts" CHECK (planned >= 0);
--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_split_known" CHECK (split in ('train', 'validation'));
--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_origin_known" CHECK (origin in ('written', 'import', 'playground'));
--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_rating_range" CHECK (rating between 1 and 10);
--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_counts" CHECK (ratings_count >= 0 and tokens >= 0);
--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_counts" CHECK (added >= 0 and duplicates >= 0 and refused >= 0);
--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_known" CHECK (role in ('owner', 'trainer', 'rater'));
--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_role_known" CHECK (role in ('owner', 'trainer', 'rater'));
--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_contender_known" CHECK (contender in ('a', 'b'));
--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_quality_threshold_range" CHECK (quality_threshold between 1 and 10);
--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_score_range" CHECK (score between 1 and 10);
--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_level_known" CHECK (level in ('info', 'warning', 'error'));
--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_kind_known" CHECK (kind in ('train', 'validation'));
--> statement-breakpoint
ALTER TABLE "run_files" ADD CONSTRAINT "run_files_kind_known" CHECK (kind in ('train', 'validation'));
--> statement-breakpoint
ALTER TABLE "run_files" ADD CONSTRAINT "run_files_counts" CHECK (byte_count >= 0);
--> statement-breakpoint
ALTER TABLE "run_points" ADD CONSTRAINT "run_points_series_known" CHECK (series in ('train', 'validation'));
--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_status_known" CHECK (status in ('draft', 'uploading', 'submitting', 'unknown', 'validating', 'queued', 'training', 'finishing', 'cancelling', 'ready', 'failed', 'cancelled'));
--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_counts" CHECK (train_count >= 0 and validation_count >= 0 and tokens >= 0);
--> statement-breakpoint
ALTER TABLE "servings" ADD CONSTRAINT "servings_status_known" CHECK (status in ('starting', 'ready', 'stopping', 'stopped', 'failed'));
--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_choice_known" CHECK (choice in ('first', 'tie', 'second', 'both_bad'));
--> statement-breakpoint
ALTER POLICY "evaluations_remove" ON "evaluations" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "examples_remove" ON "examples" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "imports_remove" ON "imports" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "pairings_change" ON "pairings" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "pairings_remove" ON "pairings" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "projects_remove" ON "projects" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and false);
--> statement-breakpoint
ALTER POLICY "servings_remove" ON "servings" TO app USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
