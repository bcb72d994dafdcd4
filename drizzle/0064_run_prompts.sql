CREATE TABLE "run_prompts" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"prompt_hash" "bytea" NOT NULL,
	CONSTRAINT "run_prompts_key" PRIMARY KEY("team_id","run_id","prompt_hash")
);
--> statement-breakpoint
ALTER TABLE "run_prompts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "hashed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "run_prompts" ADD CONSTRAINT "run_prompts_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- safe: index, a team has tens of runs
CREATE INDEX "runs_unhashed" ON "runs" USING btree ("team_id") WHERE not hashed;--> statement-breakpoint
CREATE POLICY "run_prompts_read" ON "run_prompts" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "run_prompts_add" ON "run_prompts" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "run_prompts_change" ON "run_prompts" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_prompts_remove" ON "run_prompts" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);