-- without a transaction
CREATE INDEX CONCURRENTLY "examples_holding" ON "examples" USING btree ("team_id","project_id","prompt_hash") WHERE trained or reserved or deleted_at is not null;--> statement-breakpoint
drop index concurrently if exists "examples_held";
