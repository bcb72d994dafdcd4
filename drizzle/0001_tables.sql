CREATE TABLE "audit_entries" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "audit_entries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person_id" uuid,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"details" json NOT NULL,
	CONSTRAINT "audit_entries_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ballots" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"pairing_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"swapped" boolean NOT NULL,
	CONSTRAINT "ballots_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "ballots_once" UNIQUE("team_id","pairing_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "ballots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "connections" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"provider" text NOT NULL,
	"name" text NOT NULL,
	"base_url" text,
	"sealed_key" json,
	"key_hint" text,
	"status" text DEFAULT 'untested' NOT NULL,
	"training" text DEFAULT 'unknown' NOT NULL,
	"problem" text,
	"checked_at" timestamp with time zone,
	CONSTRAINT "connections_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
ALTER TABLE "connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "evaluations" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"run_id" uuid NOT NULL,
	"against_run_id" uuid,
	"connection_id" uuid NOT NULL,
	"base_model" text NOT NULL,
	"system_prompt" text NOT NULL,
	"planned" integer NOT NULL,
	"temperature" real NOT NULL,
	"max_tokens" integer NOT NULL,
	"seed" integer NOT NULL,
	"status" text NOT NULL,
	"problem" text,
	"created_by" uuid,
	"revealed_at" timestamp with time zone,
	CONSTRAINT "evaluations_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "evaluations_teamId_projectId_number_unique" UNIQUE("team_id","project_id","number")
);
--> statement-breakpoint
ALTER TABLE "evaluations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "examples" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"messages" json NOT NULL,
	"rewrite" text,
	"source" text,
	"content_hash" "bytea" NOT NULL,
	"prompt_hash" "bytea" NOT NULL,
	"tokens" integer NOT NULL,
	"rating" real,
	"ratings_count" integer DEFAULT 0 NOT NULL,
	"split" text,
	"trained" boolean DEFAULT false NOT NULL,
	"origin" text NOT NULL,
	"import_id" uuid,
	"created_by" uuid,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "examples_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "examples_teamId_projectId_number_unique" UNIQUE("team_id","project_id","number")
);
--> statement-breakpoint
ALTER TABLE "examples" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "imports" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"person_id" uuid,
	"file_name" text NOT NULL,
	"added" integer DEFAULT 0 NOT NULL,
	"duplicates" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"refusals" json NOT NULL,
	CONSTRAINT "imports_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
ALTER TABLE "imports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"project_ids" uuid[],
	"token_hash" "bytea" NOT NULL,
	"invited_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "invitations_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "invitations_teamId_tokenHash_unique" UNIQUE("team_id","token_hash")
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "members" (
	"team_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"project_ids" uuid[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_team_id_person_id_pk" PRIMARY KEY("team_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outbox" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid,
	"topic" text NOT NULL,
	CONSTRAINT "outbox_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outputs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"pairing_id" uuid NOT NULL,
	"contender" text NOT NULL,
	"text" text NOT NULL,
	"finish_reason" text,
	"prompt_tokens" integer,
	"completion_tokens" integer,
	"latency_ms" integer,
	CONSTRAINT "outputs_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "outputs_once" UNIQUE("team_id","pairing_id","contender")
);
--> statement-breakpoint
ALTER TABLE "outputs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pairings" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"example_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"prompt" json NOT NULL,
	"reference" text NOT NULL,
	CONSTRAINT "pairings_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "pairings_teamId_evaluationId_exampleId_unique" UNIQUE("team_id","evaluation_id","example_id")
);
--> statement-breakpoint
ALTER TABLE "pairings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT new_id() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"connection_id" uuid,
	"base_model" text NOT NULL,
	"system_prompt" text DEFAULT '' NOT NULL,
	"quality_threshold" smallint DEFAULT 8 NOT NULL,
	"recipe" json NOT NULL,
	"next_example" integer DEFAULT 1 NOT NULL,
	"next_run" integer DEFAULT 1 NOT NULL,
	"next_evaluation" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "projects_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "projects_teamId_slug_unique" UNIQUE("team_id","slug")
);
--> statement-breakpoint
ALTER TABLE "projects" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"resets_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ratings" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "ratings_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"example_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"score" smallint,
	"client_id" uuid NOT NULL,
	CONSTRAINT "ratings_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "ratings_teamId_clientId_unique" UNIQUE("team_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "ratings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rewrites" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "rewrites_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"example_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"output" text,
	"client_id" uuid NOT NULL,
	CONSTRAINT "rewrites_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "rewrites_teamId_clientId_unique" UNIQUE("team_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "rewrites" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_events" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "run_events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"level" text NOT NULL,
	"kind" text NOT NULL,
	"message" text NOT NULL,
	"step" integer,
	CONSTRAINT "run_events_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_events_once" UNIQUE("team_id","run_id","at","kind","message")
);
--> statement-breakpoint
ALTER TABLE "run_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_examples" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"example_id" uuid NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "run_examples_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_examples_teamId_runId_exampleId_unique" UNIQUE("team_id","run_id","example_id")
);
--> statement-breakpoint
ALTER TABLE "run_examples" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_files" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"body" text NOT NULL,
	"sha256" text NOT NULL,
	"byte_count" integer NOT NULL,
	CONSTRAINT "run_files_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_files_teamId_runId_kind_unique" UNIQUE("team_id","run_id","kind")
);
--> statement-breakpoint
ALTER TABLE "run_files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_points" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"series" text NOT NULL,
	"step" integer NOT NULL,
	"loss" real NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "run_points_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "run_points_once" UNIQUE("team_id","run_id","series","step")
);
--> statement-breakpoint
ALTER TABLE "run_points" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "runs" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"connection_id" uuid NOT NULL,
	"base_model" text NOT NULL,
	"recipe" json NOT NULL,
	"seed" integer NOT NULL,
	"status" text NOT NULL,
	"provider_status" text,
	"mark" text NOT NULL,
	"job_id" text,
	"training_file_id" text,
	"validation_file_id" text,
	"model" text,
	"model_object" text,
	"train_count" integer NOT NULL,
	"validation_count" integer NOT NULL,
	"tokens" integer NOT NULL,
	"estimate_cents" integer,
	"cost_cents" integer,
	"steps_done" integer,
	"steps_total" integer,
	"problem" text,
	"created_by" uuid,
	"submitted_at" timestamp with time zone,
	"clean_lists" smallint DEFAULT 0 NOT NULL,
	"cancel_requested_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "runs_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "runs_teamId_projectId_version_unique" UNIQUE("team_id","project_id","version"),
	CONSTRAINT "runs_teamId_mark_unique" UNIQUE("team_id","mark")
);
--> statement-breakpoint
ALTER TABLE "runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "servings" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"mark" text NOT NULL,
	"status" text NOT NULL,
	"deployment" json,
	"cents_per_hour" real,
	"problem" text,
	"started_by" uuid,
	"ready_at" timestamp with time zone,
	"idle_at" timestamp with time zone NOT NULL,
	"stopped_at" timestamp with time zone,
	CONSTRAINT "servings_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "servings_teamId_mark_unique" UNIQUE("team_id","mark")
);
--> statement-breakpoint
ALTER TABLE "servings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"handle" uuid DEFAULT new_id() NOT NULL,
	"person_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL,
	CONSTRAINT "sessions_handle_unique" UNIQUE("handle")
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" uuid PRIMARY KEY DEFAULT new_id() NOT NULL,
	"email" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"browser_hash" "bytea" NOT NULL,
	"next" text DEFAULT '/' NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sign_ins_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY DEFAULT new_id() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teams_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
ALTER TABLE "teams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "votes" (
	"team_id" uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
	"id" uuid DEFAULT new_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "votes_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"evaluation_id" uuid NOT NULL,
	"pairing_id" uuid NOT NULL,
	"ballot_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"choice" text,
	"client_id" uuid NOT NULL,
	CONSTRAINT "votes_team_id_id_pk" PRIMARY KEY("team_id","id"),
	CONSTRAINT "votes_client" UNIQUE("team_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "votes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_team_id_pairing_id_pairings_team_id_id_fk" FOREIGN KEY ("team_id","pairing_id") REFERENCES "public"."pairings"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_team_id_evaluation_id_evaluations_team_id_id_fk" FOREIGN KEY ("team_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_team_id_against_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","against_run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_team_id_connection_id_connections_team_id_id_fk" FOREIGN KEY ("team_id","connection_id") REFERENCES "public"."connections"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "examples" ADD CONSTRAINT "examples_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_team_id_pairing_id_pairings_team_id_id_fk" FOREIGN KEY ("team_id","pairing_id") REFERENCES "public"."pairings"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_team_id_evaluation_id_evaluations_team_id_id_fk" FOREIGN KEY ("team_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_team_id_evaluation_id_evaluations_team_id_id_fk" FOREIGN KEY ("team_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_team_id_example_id_examples_team_id_id_fk" FOREIGN KEY ("team_id","example_id") REFERENCES "public"."examples"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_team_id_connection_id_connections_team_id_id_fk" FOREIGN KEY ("team_id","connection_id") REFERENCES "public"."connections"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_team_id_example_id_examples_team_id_id_fk" FOREIGN KEY ("team_id","example_id") REFERENCES "public"."examples"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rewrites" ADD CONSTRAINT "rewrites_team_id_example_id_examples_team_id_id_fk" FOREIGN KEY ("team_id","example_id") REFERENCES "public"."examples"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rewrites" ADD CONSTRAINT "rewrites_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_team_id_example_id_examples_team_id_id_fk" FOREIGN KEY ("team_id","example_id") REFERENCES "public"."examples"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_examples" ADD CONSTRAINT "run_examples_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_files" ADD CONSTRAINT "run_files_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_files" ADD CONSTRAINT "run_files_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_points" ADD CONSTRAINT "run_points_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_points" ADD CONSTRAINT "run_points_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_team_id_connection_id_connections_team_id_id_fk" FOREIGN KEY ("team_id","connection_id") REFERENCES "public"."connections"("team_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "servings" ADD CONSTRAINT "servings_team_id_run_id_runs_team_id_id_fk" FOREIGN KEY ("team_id","run_id") REFERENCES "public"."runs"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "servings" ADD CONSTRAINT "servings_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_team_id_ballot_id_ballots_team_id_id_fk" FOREIGN KEY ("team_id","ballot_id") REFERENCES "public"."ballots"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_team_id_pairing_id_pairings_team_id_id_fk" FOREIGN KEY ("team_id","pairing_id") REFERENCES "public"."pairings"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_team_id_evaluation_id_evaluations_team_id_id_fk" FOREIGN KEY ("team_id","evaluation_id") REFERENCES "public"."evaluations"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_team_id_project_id_projects_team_id_id_fk" FOREIGN KEY ("team_id","project_id") REFERENCES "public"."projects"("team_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_team_id_seq_index" ON "audit_entries" USING btree ("team_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "examples_content" ON "examples" USING btree ("team_id","project_id","content_hash") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "examples_prompt" ON "examples" USING btree ("team_id","project_id","prompt_hash");--> statement-breakpoint
CREATE INDEX "examples_rating" ON "examples" USING btree ("team_id","project_id","rating");--> statement-breakpoint
CREATE INDEX "imports_team_id_project_id_index" ON "imports" USING btree ("team_id","project_id");--> statement-breakpoint
CREATE INDEX "invitations_token_hash_index" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "members_person_id_index" ON "members" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "outbox_team_id_seq_index" ON "outbox" USING btree ("team_id","seq");--> statement-breakpoint
CREATE INDEX "ratings_team_id_example_id_person_id_seq_index" ON "ratings" USING btree ("team_id","example_id","person_id","seq");--> statement-breakpoint
CREATE INDEX "ratings_team_id_project_id_person_id_seq_index" ON "ratings" USING btree ("team_id","project_id","person_id","seq");--> statement-breakpoint
CREATE INDEX "rewrites_team_id_example_id_seq_index" ON "rewrites" USING btree ("team_id","example_id","seq");--> statement-breakpoint
CREATE INDEX "run_examples_team_id_example_id_index" ON "run_examples" USING btree ("team_id","example_id");--> statement-breakpoint
CREATE UNIQUE INDEX "servings_one_alive" ON "servings" USING btree ("team_id","run_id") WHERE status in ('starting', 'ready', 'stopping');--> statement-breakpoint
CREATE INDEX "sessions_person_id_index" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sign_ins_email_index" ON "sign_ins" USING btree ("email");--> statement-breakpoint
CREATE INDEX "sign_ins_browser_hash_index" ON "sign_ins" USING btree ("browser_hash");--> statement-breakpoint
CREATE INDEX "votes_team_id_evaluation_id_seq_index" ON "votes" USING btree ("team_id","evaluation_id","seq");--> statement-breakpoint
CREATE POLICY "audit_entries_read" ON "audit_entries" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "audit_entries_add" ON "audit_entries" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "audit_entries_change" ON "audit_entries" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "audit_entries_remove" ON "audit_entries" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "ballots_read" ON "ballots" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "ballots_add" ON "ballots" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "ballots_change" ON "ballots" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "ballots_remove" ON "ballots" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "connections_read" ON "connections" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "connections_add" ON "connections" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "connections_change" ON "connections" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "connections_remove" ON "connections" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "evaluations_read" ON "evaluations" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "evaluations_add" ON "evaluations" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "evaluations_change" ON "evaluations" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "evaluations_remove" ON "evaluations" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "examples_read" ON "examples" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "examples_add" ON "examples" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "examples_change" ON "examples" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "examples_remove" ON "examples" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "imports_read" ON "imports" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "imports_add" ON "imports" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "imports_change" ON "imports" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "imports_remove" ON "imports" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "invitations_read" ON "invitations" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "invitations_add" ON "invitations" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "invitations_change" ON "invitations" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "invitations_remove" ON "invitations" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "members_read" ON "members" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "members_add" ON "members" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "members_change" ON "members" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "members_remove" ON "members" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "outbox_read" ON "outbox" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "outbox_add" ON "outbox" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "outbox_change" ON "outbox" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "outbox_remove" ON "outbox" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "outputs_read" ON "outputs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "outputs_add" ON "outputs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "outputs_change" ON "outputs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "outputs_remove" ON "outputs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "pairings_read" ON "pairings" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "pairings_add" ON "pairings" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "pairings_change" ON "pairings" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "pairings_remove" ON "pairings" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "projects_read" ON "projects" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "projects_add" ON "projects" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "projects_change" ON "projects" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "projects_remove" ON "projects" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "ratings_read" ON "ratings" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "ratings_add" ON "ratings" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "ratings_change" ON "ratings" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "ratings_remove" ON "ratings" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "rewrites_read" ON "rewrites" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "rewrites_add" ON "rewrites" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "rewrites_change" ON "rewrites" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "rewrites_remove" ON "rewrites" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_events_read" ON "run_events" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_events_add" ON "run_events" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_events_change" ON "run_events" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_events_remove" ON "run_events" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_examples_read" ON "run_examples" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "run_examples_add" ON "run_examples" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_examples_change" ON "run_examples" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_examples_remove" ON "run_examples" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_files_read" ON "run_files" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_files_add" ON "run_files" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_files_change" ON "run_files" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_files_remove" ON "run_files" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_points_read" ON "run_points" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_points_add" ON "run_points" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "run_points_change" ON "run_points" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "run_points_remove" ON "run_points" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "runs_read" ON "runs" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "runs_add" ON "runs" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "runs_change" ON "runs" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "runs_remove" ON "runs" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "servings_read" ON "servings" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "servings_add" ON "servings" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "servings_change" ON "servings" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer')) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "servings_remove" ON "servings" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer'));--> statement-breakpoint
CREATE POLICY "teams_read" ON "teams" AS PERMISSIVE FOR SELECT TO "app" USING (id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "teams_add" ON "teams" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "teams_change" ON "teams" AS PERMISSIVE FOR UPDATE TO "app" USING (id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner')) WITH CHECK (id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "teams_remove" ON "teams" AS PERMISSIVE FOR DELETE TO "app" USING (id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "votes_read" ON "votes" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater'));--> statement-breakpoint
CREATE POLICY "votes_add" ON "votes" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and (select current_setting('app.role', true)) in ('owner', 'trainer', 'rater') and person_id = (select nullif(current_setting('app.user_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "votes_change" ON "votes" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "votes_remove" ON "votes" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);