DROP INDEX "servings_one_alive";--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "strays" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "strays_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "stops_strays" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "servings" ADD COLUMN "base_model" text;--> statement-breakpoint
CREATE UNIQUE INDEX "servings_one_alive" ON "servings" USING btree ("team_id","run_id",(base_model is null)) WHERE status in ('starting', 'ready', 'stopping');