ALTER TABLE "evaluations" DROP CONSTRAINT "evaluations_counts";--> statement-breakpoint
ALTER TABLE "ballots" ADD COLUMN "repeat" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "repeats" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_counts" CHECK (planned >= 0 and repeats >= 0) NOT VALID;
