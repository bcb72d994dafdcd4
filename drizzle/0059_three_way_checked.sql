-- without a transaction
DROP INDEX CONCURRENTLY IF EXISTS "evaluations_three_once";--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "evaluations_three_once" ON "evaluations" USING btree ("team_id","three_of","three_part") WHERE three_of is not null;--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_three_of";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_three";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_three_compares";
