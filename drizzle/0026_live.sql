DROP INDEX "outbox_team_id_seq_index";--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "tab" uuid;--> statement-breakpoint
CREATE INDEX "outbox_team_id_xid_index" ON "outbox" USING btree ("team_id","xid");