-- without a transaction
ALTER TABLE "ballots" VALIDATE CONSTRAINT "ballots_voter_known";--> statement-breakpoint
ALTER TABLE "votes" VALIDATE CONSTRAINT "votes_voter_known";
