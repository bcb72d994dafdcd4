CREATE TABLE "guest_links" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"title" text NOT NULL,
	"instructions" text NOT NULL,
	"pairs" integer NOT NULL,
	"most_guests" integer NOT NULL,
	"created_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "guest_links_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "guest_links_place" UNIQUE("team_id","project_id","evaluation_id","id"),
	CONSTRAINT "guest_links_hash" UNIQUE("team_id","hash"),
	CONSTRAINT "guest_links_caps" CHECK ("guest_links"."pairs" between 1 and 200 and "guest_links"."most_guests" between 1 and 1000)
);
--> statement-breakpoint
ALTER TABLE "guest_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "guests" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"link_id" uuid NOT NULL,
	"secret" "bytea" NOT NULL,
	CONSTRAINT "guests_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "guests_once" UNIQUE("team_id","link_id","secret")
);
--> statement-breakpoint
ALTER TABLE "guests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "ballots" DROP CONSTRAINT "ballots_voter_known";--> statement-breakpoint
ALTER TABLE "votes" DROP CONSTRAINT "votes_voter_known";--> statement-breakpoint
ALTER TABLE "guest_links" ADD CONSTRAINT "guest_links_evaluation" FOREIGN KEY ("team_id","project_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guests" ADD CONSTRAINT "guests_link" FOREIGN KEY ("team_id","project_id","evaluation_id","link_id") REFERENCES "public"."guest_links"("team_id","project_id","evaluation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "guest_links_by_hash" ON "guest_links" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "guest_links_team_id_evaluation_id_index" ON "guest_links" USING btree ("team_id","evaluation_id");--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_voter_known" CHECK (voter in ('person', 'script', 'guest')) NOT VALID;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_voter_known" CHECK (voter in ('person', 'script', 'guest')) NOT VALID;--> statement-breakpoint
CREATE POLICY "guest_links_read" ON "guest_links" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "guest_links_add" ON "guest_links" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "guest_links_change" ON "guest_links" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[]))) WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "guest_links_remove" ON "guest_links" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "guests_read" ON "guests" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "guests_add" ON "guests" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "guests_change" ON "guests" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "guests_remove" ON "guests" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);