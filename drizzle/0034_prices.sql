ALTER TABLE "connections" ADD COLUMN "prices" json DEFAULT '{}'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "counted" json;