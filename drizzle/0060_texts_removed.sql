ALTER TABLE "evaluations" DROP CONSTRAINT "evaluations_three";--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "texts_removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "sha256" text;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "told" json;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_three" CHECK (case when "evaluations"."three_part" is null then "evaluations"."three_of" is null
			when "evaluations"."three_part" = 'training' then "evaluations"."three_of" is null and "evaluations"."continues_id" is null
			else "evaluations"."three_part" in ('prompt', 'tuned') and "evaluations"."three_of" is not null and "evaluations"."continues_id" is null end) NOT VALID;--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_removed" CHECK (num_nonnulls("outputs"."removed_at", "outputs"."sha256", "outputs"."told") in (0, 3) and ("outputs"."removed_at" is null or "outputs"."text" = '')) NOT VALID;--> statement-breakpoint
-- by hand
-- The check before let this pass, and nothing of ours has ever written it: what is no part of a three-way is of none.
alter table evaluations disable trigger user;--> statement-breakpoint
update evaluations set three_of = null where three_part is null and three_of is not null;--> statement-breakpoint
alter table evaluations enable trigger user;
