CREATE TABLE "prompts" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"messages" json NOT NULL,
	"prompt_hash" "bytea" NOT NULL,
	"family" "bytea",
	"near" text[] DEFAULT '{}' NOT NULL,
	"origin" text NOT NULL,
	"created_by" uuid,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "prompts_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "prompts_place" UNIQUE("team_id","project_id","id"),
	CONSTRAINT "prompts_teamId_projectId_number_unique" UNIQUE("team_id","project_id","number"),
	CONSTRAINT "prompts_origin_known" CHECK (origin in ('written', 'import'))
);
--> statement-breakpoint
ALTER TABLE "prompts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "pairings" ALTER COLUMN "example_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "pairings" ALTER COLUMN "reference" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "prompts_from" text DEFAULT 'validation' NOT NULL;--> statement-breakpoint
ALTER TABLE "pairings" ADD COLUMN "prompt_id" uuid;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "next_prompt" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "prompts_compared" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "prompts_asked" ON "prompts" USING btree ("team_id","project_id","prompt_hash") WHERE deleted_at is null;--> statement-breakpoint
-- safe: constraint, comparisons have some hundreds of pairs each, and none asks a prompt yet: they are read in a moment
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_prompt" FOREIGN KEY ("team_id","project_id","prompt_id") REFERENCES "public"."prompts"("team_id","project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- safe: index, comparisons have some hundreds of pairs each, and none asks a prompt yet: they are read in a moment
CREATE INDEX "pairings_of_prompt" ON "pairings" USING btree ("team_id","prompt_id") WHERE prompt_id is not null;--> statement-breakpoint
-- safe: unique, comparisons have some hundreds of pairs each, and none asks a prompt yet: they are read in a moment
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_prompt_once" UNIQUE("team_id","evaluation_id","prompt_id");--> statement-breakpoint
-- safe: constraint, a project has some dozens of comparisons
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_prompts_from_known" CHECK (prompts_from in ('validation', 'pool'));--> statement-breakpoint
-- safe: constraint, comparisons have some hundreds of pairs each, and none asks a prompt yet: they are read in a moment
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_asks" CHECK (num_nonnulls(example_id, prompt_id) = 1 and (reference is null) = (example_id is null));--> statement-breakpoint
CREATE POLICY "prompts_read" ON "prompts" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "prompts_add" ON "prompts" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "prompts_change" ON "prompts" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[]))) WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "prompts_remove" ON "prompts" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);