-- by hand: a trigger names the column; functions/evidence.sql makes it again
DROP TRIGGER IF EXISTS "runs_counted" ON "runs";--> statement-breakpoint
DO $$ BEGIN
	IF to_regclass('drizzle.functions') IS NOT NULL THEN
		DELETE FROM drizzle.functions WHERE file = 'evidence.sql';
	END IF;
END $$;--> statement-breakpoint
ALTER TABLE "runs" ALTER COLUMN "tokens" SET DATA TYPE bigint;--> statement-breakpoint
CREATE INDEX "ballots_team_id_evaluation_id_person_id_position_index" ON "ballots" USING btree ("team_id","evaluation_id","person_id","position");--> statement-breakpoint
CREATE INDEX "evaluations_team_id_run_id_index" ON "evaluations" USING btree ("team_id","run_id");--> statement-breakpoint
CREATE INDEX "evaluations_team_id_against_run_id_index" ON "evaluations" USING btree ("team_id","against_run_id");--> statement-breakpoint
CREATE INDEX "evaluations_open" ON "evaluations" USING btree ("team_id") WHERE status = 'generating' or (revealed_at is not null and result is null);--> statement-breakpoint
CREATE INDEX "imports_refusals" ON "imports" USING btree ("created_at") WHERE refusals::text <> '[]';--> statement-breakpoint
CREATE INDEX "outbox_created_at_index" ON "outbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "pairings_team_id_example_id_index" ON "pairings" USING btree ("team_id","example_id");--> statement-breakpoint
CREATE INDEX "personal_tokens_expires_at_index" ON "personal_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rate_limits_resets_at_index" ON "rate_limits" USING btree ("resets_at");--> statement-breakpoint
CREATE INDEX "runs_team_id_connection_id_index" ON "runs" USING btree ("team_id","connection_id");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("team_id") WHERE status not in ('draft', 'ready', 'failed', 'cancelled');--> statement-breakpoint
CREATE INDEX "servings_team_id_run_id_index" ON "servings" USING btree ("team_id","run_id");--> statement-breakpoint
CREATE INDEX "sign_ins_expires_at_index" ON "sign_ins" USING btree ("expires_at");--> statement-breakpoint
-- by hand: functions/purge.sql has one for all of them
DROP FUNCTION IF EXISTS purge_deliveries();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_buckets();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_requests();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_sign_ins();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_tokens();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_outbox();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_activities();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_sessions();--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_limits();
