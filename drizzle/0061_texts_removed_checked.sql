-- without a transaction
DROP INDEX CONCURRENTLY IF EXISTS "evaluations_with_texts";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "evaluations_with_texts" ON "evaluations" USING btree ("revealed_at") WHERE revealed_at is not null and texts_removed_at is null;--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_three";--> statement-breakpoint
ALTER TABLE "outputs" VALIDATE CONSTRAINT "outputs_removed";
