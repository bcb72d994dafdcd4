-- without a transaction
-- What the janitor asks every minute, and what it forgets of somebody whose account is over.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "audit_entries_from" ON "audit_entries" USING btree ("person_id") WHERE address is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "sessions_over" ON "sessions" USING btree ("expires_at");
