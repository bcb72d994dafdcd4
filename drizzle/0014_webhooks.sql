CREATE TABLE "webhook_deliveries" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "webhook_deliveries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"endpoint_id" uuid NOT NULL,
	"project_ids" uuid[],
	"event" text NOT NULL,
	"body" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"attempts" json DEFAULT '[]' NOT NULL,
	"next_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "webhook_deliveries_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "webhook_deliveries_state_known" CHECK (state in ('waiting', 'delivered', 'failed', 'dropped')),
	CONSTRAINT "webhook_deliveries_due" CHECK ((state = 'waiting') = (next_at is not null)),
	CONSTRAINT "webhook_deliveries_projects_some" CHECK (cardinality(project_ids) > 0)
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"project_ids" uuid[],
	"sealed_secret" json NOT NULL,
	"sealed_old_secret" json,
	"old_secret_until" timestamp with time zone,
	"state" text DEFAULT 'on' NOT NULL,
	"reason" text,
	"mailed_at" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"rests_until" timestamp with time zone,
	"created_by" uuid,
	CONSTRAINT "webhook_endpoints_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "webhook_endpoints_state_known" CHECK (state in ('on', 'paused', 'off')),
	CONSTRAINT "webhook_endpoints_reason_known" CHECK (reason in ('failing', 'gone')),
	CONSTRAINT "webhook_endpoints_off" CHECK ((state = 'off') = (reason is not null)),
	CONSTRAINT "webhook_endpoints_projects_some" CHECK (cardinality(project_ids) > 0)
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_team_id_endpoint_id_webhook_endpoints_team_id_id_fk" FOREIGN KEY ("team_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_team_id_endpoint_id_seq_index" ON "webhook_deliveries" USING btree ("team_id","endpoint_id","seq");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_created_at_index" ON "webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries" USING btree ("team_id","next_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE POLICY "webhook_deliveries_read" ON "webhook_deliveries" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_deliveries_add" ON "webhook_deliveries" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_deliveries_change" ON "webhook_deliveries" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_deliveries_remove" ON "webhook_deliveries" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and false);--> statement-breakpoint
CREATE POLICY "webhook_endpoints_read" ON "webhook_endpoints" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_endpoints_add" ON "webhook_endpoints" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_endpoints_change" ON "webhook_endpoints" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "webhook_endpoints_remove" ON "webhook_endpoints" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_ids <@ (select app_project_ids())::uuid[]) and (select current_setting('app.role', true)) in ('owner', 'trainer'));