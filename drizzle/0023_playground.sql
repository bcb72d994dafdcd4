CREATE TABLE "answer_costs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"month" text NOT NULL,
	"purpose" text NOT NULL,
	"cents" double precision NOT NULL,
	CONSTRAINT "answer_costs_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "answer_costs_teamId_projectId_month_purpose_unique" UNIQUE("team_id","project_id","month","purpose"),
	CONSTRAINT "answer_costs_purpose_known" CHECK (purpose in ('generating', 'playground'))
);
--> statement-breakpoint
ALTER TABLE "answer_costs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "budget_notices" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"month" text NOT NULL,
	"cents" integer NOT NULL,
	"percent" smallint NOT NULL,
	CONSTRAINT "budget_notices_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "budget_notices_teamId_projectId_month_cents_percent_unique" UNIQUE("team_id","project_id","month","cents","percent")
);
--> statement-breakpoint
ALTER TABLE "budget_notices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "budgets" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"cents" integer NOT NULL,
	CONSTRAINT "budgets_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "budgets_teamId_projectId_unique" UNIQUE("team_id","project_id"),
	CONSTRAINT "budgets_cents_range" CHECK (cents between 1 and 100000000)
);
--> statement-breakpoint
ALTER TABLE "budgets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "playground_pairs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "playground_pairs_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"prompt" json NOT NULL,
	"prompt_hash" "bytea" NOT NULL,
	"chosen" text NOT NULL,
	"rejected" text NOT NULL,
	"chosen_by" text NOT NULL,
	"rejected_by" text NOT NULL,
	"person_id" uuid NOT NULL,
	"voter" text DEFAULT case when nullif(current_setting('app.key_id', true), '') is null then 'person' else 'script' end NOT NULL,
	"client_id" uuid NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "playground_pairs_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "playground_pairs_client" UNIQUE("team_id","client_id"),
	CONSTRAINT "playground_pairs_voter_known" CHECK (voter in ('person', 'script'))
);
--> statement-breakpoint
ALTER TABLE "playground_pairs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "answer_costs" ADD CONSTRAINT "answer_costs_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_notices" ADD CONSTRAINT "budget_notices_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playground_pairs" ADD CONSTRAINT "playground_pairs_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "playground_pairs_team_id_project_id_seq_index" ON "playground_pairs" USING btree ("team_id","project_id","seq");--> statement-breakpoint
CREATE POLICY "answer_costs_read" ON "answer_costs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "answer_costs_add" ON "answer_costs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "answer_costs_change" ON "answer_costs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer'))) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "answer_costs_remove" ON "answer_costs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "budget_notices_read" ON "budget_notices" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "budget_notices_add" ON "budget_notices" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "budget_notices_change" ON "budget_notices" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "budget_notices_remove" ON "budget_notices" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "budgets_read" ON "budgets" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "budgets_add" ON "budgets" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner')));--> statement-breakpoint
CREATE POLICY "budgets_change" ON "budgets" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner'))) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner')));--> statement-breakpoint
CREATE POLICY "budgets_remove" ON "budgets" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner')));--> statement-breakpoint
CREATE POLICY "playground_pairs_read" ON "playground_pairs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "playground_pairs_add" ON "playground_pairs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')) and voter = (select case when nullif(current_setting('app.key_id', true), '') is null then 'person' else 'script' end) and person_id = (select coalesce(nullif(current_setting('app.key_id', true), ''), nullif(current_setting('app.user_id', true), ''))::uuid));--> statement-breakpoint
CREATE POLICY "playground_pairs_change" ON "playground_pairs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer'))) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true) in ('owner', 'trainer')));--> statement-breakpoint
CREATE POLICY "playground_pairs_remove" ON "playground_pairs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);