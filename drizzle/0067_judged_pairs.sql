CREATE TABLE "judged_pairs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"pairing_id" uuid NOT NULL,
	"asked_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"sum" smallint NOT NULL,
	"votes" smallint NOT NULL,
	"again" boolean NOT NULL,
	"length_a" integer NOT NULL,
	"length_b" integer NOT NULL,
	"named_a" text,
	"named_b" text,
	"thought_a" boolean NOT NULL,
	"thought_b" boolean NOT NULL,
	"complete_a" boolean NOT NULL,
	"complete_b" boolean NOT NULL,
	CONSTRAINT "judged_pairs_key" PRIMARY KEY("team_id","evaluation_id","place"),
	CONSTRAINT "judged_pairs_outcome_known" CHECK (outcome in ('a', 'b', 'tie', 'both_bad'))
);
--> statement-breakpoint
ALTER TABLE "judged_pairs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "counted" json;--> statement-breakpoint
ALTER TABLE "judged_pairs" ADD CONSTRAINT "judged_pairs_evaluation" FOREIGN KEY ("team_id","project_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- safe: index, a team has tens of evaluations
CREATE INDEX "evaluations_uncounted" ON "evaluations" USING btree ("team_id") WHERE revealed_at is not null and counted is null and kind = 'comparison';--> statement-breakpoint
CREATE POLICY "judged_pairs_read" ON "judged_pairs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judged_pairs_add" ON "judged_pairs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judged_pairs_change" ON "judged_pairs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "judged_pairs_remove" ON "judged_pairs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);