CREATE TABLE "run_pairs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"pair_id" uuid NOT NULL,
	CONSTRAINT "run_pairs_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_pairs_teamId_runId_pairId_unique" UNIQUE("team_id","run_id","pair_id")
);
--> statement-breakpoint
ALTER TABLE "run_pairs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "playground_pairs" ADD COLUMN "ordered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "method" text DEFAULT 'sft' NOT NULL;--> statement-breakpoint
ALTER TABLE "run_pairs" ADD CONSTRAINT "run_pairs_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playground_pairs" ADD CONSTRAINT "playground_pairs_place" UNIQUE("team_id","project_id","id");--> statement-breakpoint
ALTER TABLE "run_pairs" ADD CONSTRAINT "run_pairs_pair" FOREIGN KEY ("team_id","project_id","pair_id") REFERENCES "public"."playground_pairs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "playground_pairs_ordered" ON "playground_pairs" USING btree ("team_id","project_id","prompt_hash") WHERE ordered;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_method_known" CHECK (method in ('sft', 'dpo'));--> statement-breakpoint
CREATE POLICY "run_pairs_read" ON "run_pairs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "run_pairs_add" ON "run_pairs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "run_pairs_change" ON "run_pairs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_pairs_remove" ON "run_pairs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
-- by hand
-- Every recipe says how far preferences may pull, also where there were none: 0.1 is what nobody chose.
alter table runs disable trigger user;
--> statement-breakpoint
update runs set recipe = (recipe::jsonb || '{"beta": 0.1}')::json where not (recipe::jsonb ? 'beta');
--> statement-breakpoint
alter table runs enable trigger user;
--> statement-breakpoint
update projects set recipe = (recipe::jsonb || '{"beta": 0.1}')::json where not (recipe::jsonb ? 'beta');
