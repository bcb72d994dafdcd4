ALTER TABLE "votes" DROP CONSTRAINT "votes_choice_known";--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "electorate" uuid[];--> statement-breakpoint
ALTER TABLE "examples" ADD COLUMN "family" "bytea";--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "compared" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "examples_family" ON "examples" USING btree ("team_id","project_id","family") WHERE family is not null;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_choice_known" CHECK (choice in ('first', 'tie', 'second', 'both_bad', 'skip'));