-- Nothing refers to a row of these by its id, and what is sent twice is found by its example (ratings_sent): each key cost every rating a place in an index.
ALTER TABLE "ratings" DROP CONSTRAINT "ratings_team_id_id_pk";--> statement-breakpoint
ALTER TABLE "ratings" DROP CONSTRAINT "ratings_teamId_clientId_unique";--> statement-breakpoint
ALTER TABLE "activities" DROP CONSTRAINT "activities_team_id_id_pk";--> statement-breakpoint
-- by hand
-- News of what changed need not outlive a crash: the pages are told then that everything may have changed. Since when the outbox has all is unlogged like it
-- (functions/live.sql).
CREATE UNLOGGED TABLE parts.outbox_begun ("xid" xid8 NOT NULL, "is_one" boolean PRIMARY KEY DEFAULT true CHECK ("is_one"));--> statement-breakpoint
INSERT INTO parts.outbox_begun ("xid") VALUES (pg_snapshot_xmin(pg_current_snapshot()));--> statement-breakpoint
-- A part with rows would be written anew, and everybody would wait for it: that one follows when it is emptied (empty_outbox).
DO $$
DECLARE
	part regclass;
	is_empty boolean;
BEGIN
	FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public.outbox'::regclass LOOP
		EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part) INTO is_empty;
		IF is_empty THEN
			EXECUTE format('ALTER TABLE %s SET UNLOGGED', part);
		END IF;
	END LOOP;
END $$;
