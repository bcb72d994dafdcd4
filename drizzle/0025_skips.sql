ALTER TABLE "votes" DROP CONSTRAINT "votes_choice_known";--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "electorate" uuid[];--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_choice_known" CHECK (choice in ('first', 'tie', 'second', 'both_bad', 'skip'));