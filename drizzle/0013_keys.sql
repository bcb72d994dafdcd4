CREATE TABLE "api_keys" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"project_ids" uuid[],
	"hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"created_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"last_used_from" text,
	"warned_at" timestamp with time zone,
	CONSTRAINT "api_keys_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "api_keys_teamId_hash_unique" UNIQUE("team_id","hash"),
	CONSTRAINT "api_keys_role_known" CHECK (role in ('trainer', 'rater'))
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "buckets" (
	"name" text PRIMARY KEY NOT NULL,
	"full_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "named_requests" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"key_id" uuid NOT NULL,
	"name" text NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"held_until" timestamp with time zone NOT NULL,
	"acted" boolean DEFAULT false NOT NULL,
	"status" integer,
	"answer" text,
	CONSTRAINT "named_requests_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "named_requests_teamId_keyId_name_unique" UNIQUE("team_id","key_id","name")
);
--> statement-breakpoint
ALTER TABLE "named_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "key_id" uuid;--> statement-breakpoint
ALTER TABLE "named_requests" ADD CONSTRAINT "named_requests_team_id_key_id_api_keys_team_id_id_fk" FOREIGN KEY ("team_id","key_id") REFERENCES "public"."api_keys"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_hash_index" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "named_requests_created_at_index" ON "named_requests" USING btree ("created_at");--> statement-breakpoint
CREATE POLICY "api_keys_read" ON "api_keys" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "api_keys_add" ON "api_keys" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "api_keys_change" ON "api_keys" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "api_keys_remove" ON "api_keys" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "named_requests_read" ON "named_requests" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "named_requests_add" ON "named_requests" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "named_requests_change" ON "named_requests" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "named_requests_remove" ON "named_requests" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
ALTER POLICY "audit_entries_add" ON "audit_entries" TO app WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id is not distinct from (select nullif(current_setting('app.user_id', true), '')::uuid) and key_id is not distinct from (select nullif(current_setting('app.key_id', true), '')::uuid));--> statement-breakpoint
-- after a crash everybody has a full bucket, and no request waits for a disk
ALTER TABLE "buckets" SET UNLOGGED;--> statement-breakpoint
-- default privileges give whoever serves every new table; of this one it has a function (drizzle/functions/keys.sql)
REVOKE ALL ON "buckets" FROM "app";
