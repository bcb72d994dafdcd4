-- without a transaction
CREATE INDEX CONCURRENTLY "example_standings_between" ON "example_standings" USING btree ("team_id","project_id","rating","number" DESC NULLS FIRST) WHERE rating <> floor(rating);--> statement-breakpoint
-- by hand
-- of ratings in whole points the key has the place (server/access/kinds.ts); the version before finds the lowest of them without it, slower
drop index concurrently if exists "example_standings_lowest";
--> statement-breakpoint
-- room for a standing beside what it was: elsewhere, the row that it was is locked first, and that is written down as well
alter table "example_standings" set (fillfactor = 90);
