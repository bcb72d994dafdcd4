ALTER TABLE "evaluations" ADD COLUMN "three_part" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "three_of" uuid;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_three_of" FOREIGN KEY ("team_id","project_id","three_of") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_three" CHECK (("evaluations"."three_part" is null and "evaluations"."three_of" is null) or ("evaluations"."three_part" = 'training' and "evaluations"."three_of" is null and "evaluations"."continues_id" is null)
			or ("evaluations"."three_part" in ('prompt', 'tuned') and "evaluations"."three_of" is not null and "evaluations"."continues_id" is null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_three_compares" CHECK ("evaluations"."three_part" is null or "evaluations"."kind" = 'comparison') NOT VALID;
