CREATE TABLE "activities" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "activities_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"person_id" uuid,
	"key_id" uuid,
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"details" json NOT NULL,
	CONSTRAINT "activities_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
ALTER TABLE "activities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "activities_team_id_project_id_seq_index" ON "activities" USING btree ("team_id","project_id","seq");--> statement-breakpoint
CREATE INDEX "activities_created_at_index" ON "activities" USING btree ("created_at");--> statement-breakpoint
CREATE POLICY "activities_read" ON "activities" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "activities_add" ON "activities" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and (coalesce(person_id, key_id) is null or (person_id is not distinct from (select nullif(current_setting('app.user_id', true), '')::uuid) and key_id is not distinct from (select nullif(current_setting('app.key_id', true), '')::uuid))));--> statement-breakpoint
CREATE POLICY "activities_change" ON "activities" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "activities_remove" ON "activities" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
-- What the audit log knows of the last weeks, in the order in which it happened; of older entries only those that say all a sentence needs.
INSERT INTO "activities" ("team_id", "project_id", "created_at", "person_id", "key_id", "event", "subject", "details")
SELECT a.team_id, coalesce(p.id, r.project_id, e.project_id, i.project_id), a.created_at, a.person_id, a.key_id, a.action, a.subject, a.details
FROM "audit_entries" a
	LEFT JOIN "projects" p ON a.action = 'project.created' AND p.team_id = a.team_id AND p.id::text = a.subject
	LEFT JOIN "runs" r ON a.action = 'run.started' AND r.team_id = a.team_id AND r.id::text = a.subject
	LEFT JOIN "evaluations" e ON a.action IN ('evaluation.created', 'evaluation.revealed') AND e.team_id = a.team_id AND e.id::text = a.subject
	LEFT JOIN "imports" i ON a.action = 'examples.imported' AND i.team_id = a.team_id AND i.id::text = a.subject
WHERE a.created_at > now() - interval '90 days'
	AND coalesce(p.id, r.project_id, e.project_id, i.project_id) IS NOT NULL
	AND CASE a.action
		WHEN 'project.created' THEN a.details->>'name' IS NOT NULL
		WHEN 'run.started' THEN a.details->>'version' IS NOT NULL AND a.details->>'trainCount' IS NOT NULL
		WHEN 'evaluation.created' THEN a.details->>'planned' IS NOT NULL
		WHEN 'evaluation.revealed' THEN a.details->>'name' IS NOT NULL AND a.details->>'judged' IS NOT NULL AND a.details->>'planned' IS NOT NULL
		ELSE a.details->>'added' IS NOT NULL AND a.details->>'fileName' IS NOT NULL
	END
ORDER BY a.team_id, a.seq;
