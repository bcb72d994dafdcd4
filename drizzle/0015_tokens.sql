CREATE TABLE "device_requests" (
	"device_hash" "bytea" PRIMARY KEY NOT NULL,
	"user_hash" "bytea" NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"wait_seconds" smallint NOT NULL,
	"asked_at" timestamp with time zone,
	"refused_at" timestamp with time zone,
	"person_id" uuid,
	"chosen_team" uuid,
	CONSTRAINT "device_requests_userHash_unique" UNIQUE("user_hash")
);
--> statement-breakpoint
CREATE TABLE "personal_tokens" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"last_used_from" text,
	CONSTRAINT "personal_tokens_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "personal_tokens_teamId_hash_unique" UNIQUE("team_id","hash")
);
--> statement-breakpoint
ALTER TABLE "personal_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "named_requests" DROP CONSTRAINT "named_requests_team_id_key_id_api_keys_team_id_id_fk";
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rolled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "mailed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "device_requests" ADD CONSTRAINT "device_requests_membership" FOREIGN KEY ("chosen_team","person_id") REFERENCES "public"."members"("team_id","person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_tokens" ADD CONSTRAINT "personal_tokens_membership" FOREIGN KEY ("team_id","person_id") REFERENCES "public"."members"("team_id","person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "device_requests_expires_at_index" ON "device_requests" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "personal_tokens_hash_index" ON "personal_tokens" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "personal_tokens_person_id_index" ON "personal_tokens" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "api_keys_unwarned" ON "api_keys" USING btree ("expires_at") WHERE mailed_at is null and revoked_at is null and rolled_at is null;--> statement-breakpoint
CREATE POLICY "personal_tokens_read" ON "personal_tokens" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "personal_tokens_add" ON "personal_tokens" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "personal_tokens_change" ON "personal_tokens" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "personal_tokens_remove" ON "personal_tokens" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
-- default privileges give whoever serves every new table; of this one it has functions (drizzle/functions/tokens.sql)
REVOKE ALL ON "device_requests" FROM "app";
--> statement-breakpoint
-- /device is a page now, and no team's address
UPDATE "teams" SET "slug" = 'device-' || left("id"::text, 8) WHERE "slug" = 'device';
--> statement-breakpoint
-- so is /docs
UPDATE "teams" SET "slug" = 'docs-' || left("id"::text, 8) WHERE "slug" = 'docs';
