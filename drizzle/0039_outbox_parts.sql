-- by hand: drizzle knows no partitions, and would change the table where it stands. The one that is there becomes the part of this hour, with what is in
-- it, and no row of it is written anew; the version before writes to the new one by the name it knows.
CREATE SCHEMA "parts";--> statement-breakpoint
-- of the part, to which nobody comes but through the whole
DROP POLICY "outbox_read" ON "outbox";--> statement-breakpoint
DROP POLICY "outbox_add" ON "outbox";--> statement-breakpoint
DROP POLICY "outbox_change" ON "outbox";--> statement-breakpoint
DROP POLICY "outbox_remove" ON "outbox";--> statement-breakpoint
REVOKE ALL ON "outbox" FROM "app";--> statement-breakpoint
DROP INDEX "outbox_created_at_index";--> statement-breakpoint
ALTER TABLE "outbox" DROP CONSTRAINT "outbox_team_id_id_pk";--> statement-breakpoint
-- before PostgreSQL 17 a table in parts has no identity; nobody reads the number any more
ALTER TABLE "outbox" ALTER COLUMN "seq" DROP IDENTITY;--> statement-breakpoint
DO $$
DECLARE
	hour constant int := extract(hour from statement_timestamp() at time zone 'UTC')::int % 3;
BEGIN
	-- a constant: no row is touched
	EXECUTE format('ALTER TABLE public.outbox ADD COLUMN part smallint NOT NULL DEFAULT %s', hour);
	ALTER TABLE public.outbox SET SCHEMA parts;
	EXECUTE format('ALTER TABLE parts.outbox RENAME TO outbox_%s', hour);
	EXECUTE format('ALTER INDEX parts.outbox_team_id_xid_index RENAME TO outbox_%s_team_id_xid', hour);
	CREATE TABLE public.outbox (
		team_id uuid DEFAULT nullif(current_setting('app.team_id', true), '')::uuid NOT NULL,
		id uuid DEFAULT new_id() NOT NULL,
		created_at timestamp with time zone DEFAULT now() NOT NULL,
		seq bigint DEFAULT 0 NOT NULL,
		project_id uuid NOT NULL,
		topic text NOT NULL,
		event text DEFAULT '' NOT NULL,
		xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
		tab uuid,
		part smallint DEFAULT (extract(hour from statement_timestamp() at time zone 'UTC')::int % 3) NOT NULL
	) PARTITION BY LIST (part);
	FOR other IN 0..2 LOOP
		IF other = hour THEN
			EXECUTE format('ALTER TABLE public.outbox ATTACH PARTITION parts.outbox_%s FOR VALUES IN (%1$s)', other);
		ELSE
			EXECUTE format('CREATE TABLE parts.outbox_%s PARTITION OF public.outbox FOR VALUES IN (%1$s)', other);
		END IF;
	END LOOP;
END $$;--> statement-breakpoint
-- safe: index, the one that the part with rows has is taken for it, and the others are empty
CREATE INDEX "outbox_team_id_xid_index" ON "outbox" USING btree ("team_id","xid");--> statement-breakpoint
ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "outbox_read" ON "outbox" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "outbox_add" ON "outbox" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select case when current_setting('app.role', true) in ('owner', 'trainer', 'rater') then nullif(current_setting('app.team_id', true), '')::uuid end) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "outbox_change" ON "outbox" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);--> statement-breakpoint
CREATE POLICY "outbox_remove" ON "outbox" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and ((select app_all_projects()) or project_id = any ((select app_project_ids())::uuid[])) and false);
