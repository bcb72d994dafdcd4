ALTER TABLE "evaluations" DROP CONSTRAINT "evaluations_scoring";--> statement-breakpoint
ALTER TABLE "evaluations" ALTER COLUMN "run_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "base_of" uuid;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "against_base_of" uuid;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "against_connection_id" uuid;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "against_model" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "against_label" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_base_of" FOREIGN KEY ("team_id","project_id","base_of") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_against_base_of" FOREIGN KEY ("team_id","project_id","against_base_of") REFERENCES "public"."runs"("team_id","project_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_team_id_against_connection_id_connections_team_id_id_fk" FOREIGN KEY ("team_id","against_connection_id") REFERENCES "public"."connections"("team_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_sides" CHECK (("evaluations"."run_id" is null) = ("evaluations"."label" is not null) and ("evaluations"."run_id" is null or "evaluations"."base_of" is null)
			and ("evaluations"."against_connection_id" is null) = ("evaluations"."against_model" is null) and ("evaluations"."against_connection_id" is null) = ("evaluations"."against_label" is null)
			and ("evaluations"."against_connection_id" is null or "evaluations"."against_run_id" is null) and ("evaluations"."against_base_of" is null or "evaluations"."against_connection_id" is not null)
			and ("evaluations"."kind" = 'scoring' or "evaluations"."run_id" is not null or "evaluations"."against_run_id" is not null or "evaluations"."against_connection_id" is not null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_scoring" CHECK (("evaluations"."kind" = 'scoring') = ("evaluations"."sendable_from" is not null) and "evaluations"."sendable_from" between 1 and 10 and ("evaluations"."kind" = 'comparison' or ("evaluations"."against_run_id" is null and "evaluations"."against_connection_id" is null and "evaluations"."continues_id" is null))) NOT VALID;
