CREATE TABLE "example_standings" (
	"team_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"points" smallint NOT NULL,
	"split" text NOT NULL,
	"number" integer NOT NULL,
	"rating" real,
	CONSTRAINT "example_standings_key" PRIMARY KEY("team_id","project_id","points","split","number")
);
--> statement-breakpoint
ALTER TABLE "example_standings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "example_standings_lowest" ON "example_standings" USING btree ("team_id","project_id","rating","number" DESC NULLS FIRST) WHERE rating is not null;--> statement-breakpoint
CREATE POLICY "example_standings_read" ON "example_standings" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "example_standings_add" ON "example_standings" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "example_standings_change" ON "example_standings" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "example_standings_remove" ON "example_standings" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
-- by hand
-- Room for a rating beside what it changes. Of rows that are there it holds once they were written anew, somewhere else, and leave theirs.
ALTER TABLE "examples" SET (fillfactor = 80);--> statement-breakpoint
-- Who writes keeps their standings from now on (functions/standings.sql); 0051 fills in what stands, so many numbers at a time, and then drops the indexes
-- whose place they take.
CREATE TABLE drizzle.standings_due ("team_id" uuid NOT NULL, "project_id" uuid NOT NULL, "below" integer NOT NULL, PRIMARY KEY ("team_id", "project_id"));--> statement-breakpoint
INSERT INTO drizzle.standings_due SELECT "team_id", "id", "next_example" FROM "projects";
