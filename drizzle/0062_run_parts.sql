ALTER TABLE "runs" ADD COLUMN "preparing" json;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "settling" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- safe: index, a team has tens of runs
CREATE INDEX "runs_unfinished" ON "runs" USING btree ("team_id") WHERE preparing is not null or settling;