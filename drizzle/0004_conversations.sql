DROP INDEX "examples_content";--> statement-breakpoint
DROP INDEX "examples_prompt";--> statement-breakpoint
CREATE UNIQUE INDEX "examples_conversation" ON "examples" USING btree ("team_id","project_id","prompt_hash","content_hash") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "examples_learnt" ON "examples" USING btree ("team_id","project_id","prompt_hash") WHERE trained;