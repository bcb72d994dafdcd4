-- without a transaction
CREATE INDEX CONCURRENTLY "evaluations_base_of_run" ON "evaluations" USING btree ("team_id","base_of") WHERE base_of is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "evaluations_against_base_of_run" ON "evaluations" USING btree ("team_id","against_base_of") WHERE against_base_of is not null;--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_base_of";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_against_base_of";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_team_id_against_connection_id_connections_team_id_id_fk";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_sides";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_scoring";
