ALTER TABLE "examples" DROP CONSTRAINT "examples_team_id_project_id_projects_team_id_id_fk";--> statement-breakpoint
-- by hand: what stands for the key is in functions/totals.sql
DROP TRIGGER IF EXISTS "projects_counted" ON "projects";--> statement-breakpoint
DROP FUNCTION IF EXISTS purge_counts();
