-- without a transaction
CREATE INDEX CONCURRENTLY "examples_long" ON "examples" USING btree ("team_id","project_id","tokens" DESC NULLS FIRST,"number") WHERE tokens > 682 and deleted_at is null;