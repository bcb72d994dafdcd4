-- Every entry of the audit log gets a place in its team's chain; those that stand get theirs here.
CREATE TABLE "audit_links" (
	"team_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"place" bigint,
	"hash" "bytea",
	CONSTRAINT "audit_links_team_id_entry_id_pk" PRIMARY KEY("team_id","entry_id"),
	CONSTRAINT "audit_links_whole" CHECK ((place is null) = (hash is null) and place >= 1)
);
--> statement-breakpoint
ALTER TABLE "audit_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_links_place" ON "audit_links" USING btree ("team_id","place") WHERE place is not null;--> statement-breakpoint
CREATE INDEX "audit_links_waiting" ON "audit_links" USING btree ("team_id") WHERE place is null;--> statement-breakpoint
CREATE POLICY "audit_links_read" ON "audit_links" AS PERMISSIVE FOR SELECT TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and (select current_setting('app.role', true)) in ('owner'));--> statement-breakpoint
CREATE POLICY "audit_links_add" ON "audit_links" AS PERMISSIVE FOR INSERT TO "app" WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "audit_links_change" ON "audit_links" AS PERMISSIVE FOR UPDATE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false) WITH CHECK (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
CREATE POLICY "audit_links_remove" ON "audit_links" AS PERMISSIVE FOR DELETE TO "app" USING (team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and false);--> statement-breakpoint
-- Whoever is writing an entry comes first, whoever begins now waits: from the commit on, a trigger makes the link of each entry.
lock table audit_entries in share row exclusive mode;
--> statement-breakpoint
insert into audit_links (team_id, entry_id) select team_id, id from audit_entries;
--> statement-breakpoint
create or replace function audit_field(value text) returns text language sql stable parallel safe as $$
	select coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-') || ','
$$;
--> statement-breakpoint
create or replace function audit_text(e audit_entries) returns text language sql stable parallel safe as $$
	select public.audit_field(e.team_id::text) || public.audit_field(e.id::text)
		|| public.audit_field(extract(epoch from e.created_at)::text) || public.audit_field(e.seq::text)
		|| public.audit_field(e.person_id::text) || public.audit_field(e.action) || public.audit_field(e.subject)
		|| public.audit_field(e.details::text) || public.audit_field(e.request_id::text) || public.audit_field(e.address)
$$;
--> statement-breakpoint
create or replace function chain_audit(team uuid) returns void language plpgsql security definer set search_path = '' as $$
declare
	last_place bigint;
	last_hash bytea;
	entry record;
begin
	perform pg_advisory_xact_lock(hashtextextended('audit chain of ' || team, 0));
	select l.place, l.hash into last_place, last_hash
	from public.audit_links l where l.team_id = team and l.place is not null order by l.place desc limit 1;
	for entry in
		select e.id, public.audit_text(e) as text
		from public.audit_links l join public.audit_entries e on e.team_id = l.team_id and e.id = l.entry_id
		where l.team_id = team and l.place is null
		order by e.seq
	loop
		last_place := coalesce(last_place, 0) + 1;
		last_hash := sha256(coalesce(last_hash, '') || convert_to(entry.text, 'UTF8'));
		update public.audit_links l set place = last_place, hash = last_hash where l.team_id = team and l.entry_id = entry.id;
	end loop;
end $$;
--> statement-breakpoint
select chain_audit(team_id) from (select distinct team_id from audit_entries) logs;
