CREATE TABLE "judgings" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"model" text NOT NULL,
	"label" text NOT NULL,
	"criteria" text NOT NULL,
	"status" text DEFAULT 'judging' NOT NULL,
	"problem" text,
	"ended_at" timestamp with time zone,
	"created_by" uuid,
	CONSTRAINT "judgings_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "judgings_place" UNIQUE("team_id","project_id","evaluation_id","id"),
	CONSTRAINT "judgings_status_known" CHECK (status in ('judging', 'done', 'failed', 'cancelled')),
	CONSTRAINT "judgings_ended" CHECK (("judgings"."status" = 'judging') = ("judgings"."ended_at" is null))
);
--> statement-breakpoint
ALTER TABLE "judgings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "judgments" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"judging_id" uuid NOT NULL,
	"pairing_id" uuid NOT NULL,
	"swapped" boolean NOT NULL,
	"choice" text,
	"shortened" boolean NOT NULL,
	"reply" text NOT NULL,
	"finish_reason" text,
	"prompt_tokens" integer,
	"completion_tokens" integer,
	"latency_ms" integer,
	CONSTRAINT "judgments_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "judgments_once" UNIQUE("team_id","judging_id","pairing_id","swapped"),
	CONSTRAINT "judgments_choice_known" CHECK (choice in ('first', 'second', 'tie'))
);
--> statement-breakpoint
ALTER TABLE "judgments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "answer_costs" DROP CONSTRAINT "answer_costs_purpose_known";--> statement-breakpoint
ALTER TABLE "judgings" ADD CONSTRAINT "judgings_evaluation" FOREIGN KEY ("team_id","project_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgings" ADD CONSTRAINT "judgings_team_id_connection_id_connections_team_id_id_fk" FOREIGN KEY ("team_id","connection_id") REFERENCES "public"."connections"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgments" ADD CONSTRAINT "judgments_judging" FOREIGN KEY ("team_id","project_id","evaluation_id","judging_id") REFERENCES "public"."judgings"("team_id","project_id","evaluation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgments" ADD CONSTRAINT "judgments_pairing" FOREIGN KEY ("team_id","project_id","evaluation_id","pairing_id") REFERENCES "public"."pairings"("team_id","project_id","evaluation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "judgings_once" ON "judgings" USING btree ("team_id","evaluation_id") WHERE status = 'judging';--> statement-breakpoint
CREATE INDEX "judgings_team_id_evaluation_id_index" ON "judgings" USING btree ("team_id","evaluation_id");--> statement-breakpoint
CREATE INDEX "judgings_team_id_connection_id_index" ON "judgings" USING btree ("team_id","connection_id");--> statement-breakpoint
CREATE INDEX "judgments_team_id_evaluation_id_index" ON "judgments" USING btree ("team_id","evaluation_id");--> statement-breakpoint
CREATE INDEX "judgments_team_id_pairing_id_index" ON "judgments" USING btree ("team_id","pairing_id");--> statement-breakpoint
-- safe: constraint, a project has two or three of these rows in a month
ALTER TABLE "answer_costs" ADD CONSTRAINT "answer_costs_purpose_known" CHECK (purpose in ('generating', 'judging', 'playground'));--> statement-breakpoint
CREATE POLICY "judgings_read" ON "judgings" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judgings_add" ON "judgings" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judgings_change" ON "judgings" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[]))) WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judgings_remove" ON "judgings" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "judgments_read" ON "judgments" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judgments_add" ON "judgments" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "judgments_change" ON "judgments" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "judgments_remove" ON "judgments" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);