CREATE TABLE "mails" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "mails_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "mails_once" UNIQUE("team_id","kind","subject","person_id"),
	CONSTRAINT "mails_kind_known" CHECK (kind in ('complete', 'verdict', 'run'))
);
--> statement-breakpoint
ALTER TABLE "mails" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "mail_verdicts" boolean;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "mail_runs" boolean;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mails_team_id_project_id_index" ON "mails" USING btree ("team_id","project_id");--> statement-breakpoint
CREATE POLICY "mails_read" ON "mails" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "mails_add" ON "mails" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "mails_change" ON "mails" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[]))) WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "mails_remove" ON "mails" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);