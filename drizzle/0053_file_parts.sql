CREATE TABLE "run_file_parts" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"place" integer NOT NULL,
	"body" text NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "run_file_parts_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_file_parts_teamId_runId_kind_place_unique" UNIQUE("team_id","run_id","kind","place"),
	CONSTRAINT "run_file_parts_kind_known" CHECK (kind in ('train', 'validation')),
	CONSTRAINT "run_file_parts_counts" CHECK (place >= 0)
);
--> statement-breakpoint
ALTER TABLE "run_file_parts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "run_files" ALTER COLUMN "body" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_files" ADD COLUMN "parts" integer;--> statement-breakpoint
ALTER TABLE "run_files" ADD COLUMN "bytes" bigint;--> statement-breakpoint
ALTER TABLE "run_file_parts" ADD CONSTRAINT "run_file_parts_run" FOREIGN KEY ("team_id","project_id","run_id") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "run_file_parts_read" ON "run_file_parts" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "run_file_parts_add" ON "run_file_parts" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "run_file_parts_change" ON "run_file_parts" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_file_parts_remove" ON "run_file_parts" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
-- by hand
-- Lines of JSON are packed and unpacked several times as fast so, where the server was built with it.
DO $$ BEGIN
	ALTER TABLE "run_file_parts" ALTER COLUMN "body" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
