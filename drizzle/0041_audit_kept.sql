-- without a transaction
ALTER TABLE "audit_links" ADD COLUMN IF NOT EXISTS "purged_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_entries_old" ON "audit_entries" USING btree ("created_at");
