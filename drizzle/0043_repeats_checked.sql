-- without a transaction
CREATE UNIQUE INDEX CONCURRENTLY "ballots_each" ON "ballots" USING btree ("team_id","pairing_id","person_id","repeat");--> statement-breakpoint
-- the same pair comes to a person twice from now on; until here it could not
ALTER TABLE "ballots" DROP CONSTRAINT IF EXISTS "ballots_once";--> statement-breakpoint
ALTER TABLE "evaluations" VALIDATE CONSTRAINT "evaluations_counts";
