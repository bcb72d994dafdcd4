CREATE TABLE "remarks" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "remarks_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"pairing_id" uuid NOT NULL,
	"ballot_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"voter" text DEFAULT case when nullif(current_setting('app.key_id', true), '') is null then 'person' else 'script' end NOT NULL,
	"first_score" smallint,
	"second_score" smallint,
	"note" text NOT NULL,
	"client_id" uuid NOT NULL,
	CONSTRAINT "remarks_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "remarks_client" UNIQUE("team_id","client_id"),
	CONSTRAINT "remarks_first_score_range" CHECK (first_score between 1 and 10),
	CONSTRAINT "remarks_second_score_range" CHECK (second_score between 1 and 10),
	CONSTRAINT "remarks_voter_known" CHECK (voter in ('person', 'script'))
);
--> statement-breakpoint
ALTER TABLE "remarks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_choice_known";--> statement-breakpoint
DROP INDEX "evaluations_open";--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "kind" text DEFAULT 'comparison' NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "sendable_from" smallint;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "scored" json;--> statement-breakpoint
ALTER TABLE "remarks" ADD CONSTRAINT "remarks_ballot" FOREIGN KEY ("team_id","project_id","evaluation_id","pairing_id","person_id","voter","ballot_id") REFERENCES "public"."ballots"("team_id","project_id","evaluation_id","pairing_id","person_id","voter","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "remarks_team_id_evaluation_id_seq_index" ON "remarks" USING btree ("team_id","evaluation_id","seq");--> statement-breakpoint
-- safe: index, a project has some dozens of comparisons
CREATE INDEX "evaluations_open" ON "evaluations" USING btree ("team_id") WHERE status = 'generating' or (revealed_at is not null and result is null and kind = 'comparison');--> statement-breakpoint
-- safe: constraint, a project has some dozens of comparisons
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_kind_known" CHECK (kind in ('comparison', 'scoring'));--> statement-breakpoint
-- safe: constraint, a project has some dozens of comparisons
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_scoring" CHECK (("evaluations"."kind" = 'scoring') = ("evaluations"."sendable_from" is not null) and "evaluations"."sendable_from" between 1 and 10 and ("evaluations"."kind" = 'comparison' or ("evaluations"."against_run_id" is null and "evaluations"."continues_id" is null)));--> statement-breakpoint
-- what stands there has passed the narrower one
ALTER TABLE "votes" ADD CONSTRAINT "votes_choice_known" CHECK (choice in ('first', 'tie', 'second', 'both_bad', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'skip')) NOT VALID;--> statement-breakpoint
CREATE POLICY "remarks_read" ON "remarks" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "remarks_add" ON "remarks" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and voter = (select case when nullif(current_setting('app.key_id', true), '') is null then 'person' else 'script' end) and person_id = (select coalesce(nullif(current_setting('app.key_id', true), ''), nullif(current_setting('app.user_id', true), ''))::uuid));--> statement-breakpoint
CREATE POLICY "remarks_change" ON "remarks" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "remarks_remove" ON "remarks" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);