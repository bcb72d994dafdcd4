-- The audit log of a team is a chain: each entry has a place (1, 2, 3 …) and a hash that depends on every entry before it. Whoever
-- keeps the last hash can tell later whether anything up to there was changed, removed or put in between (`npm run verify`).
--
-- An entry gets its place after its commit, from the relay of the process that wrote it (server/events/relay.ts), or from the
-- janitor within a minute. Inside the write it would need the entry before it, and the writers of a team would go in single file.

-- What is hashed of an entry: its columns in this order, each as its length in bytes, a colon, its UTF-8 text and a comma; `-,`
-- for null. Ids in small letters; the time in seconds since 1970 with six decimals; the details as they were written, to the
-- byte. A column that comes later joins at the end, and only where it is not null: what is linked stays true.
create or replace function audit_field(value text) returns text language sql stable parallel safe as $$
	select coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-') || ','
$$;

create or replace function audit_text(e audit_entries) returns text language sql stable parallel safe as $$
	select public.audit_field(e.team_id::text) || public.audit_field(e.id::text)
		|| public.audit_field(extract(epoch from e.created_at)::text) || public.audit_field(e.seq::text)
		|| public.audit_field(e.person_id::text) || public.audit_field(e.action) || public.audit_field(e.subject)
		|| public.audit_field(e.details::text) || public.audit_field(e.request_id::text) || public.audit_field(e.address)
		|| case when e.key_id is null then '' else public.audit_field(e.key_id::text) end
$$;

-- With every entry a link that waits for its place: what it will be found by, whoever wrote the entry.
create or replace function await_place() returns trigger language plpgsql security definer set search_path = '' as $$
begin
	insert into public.audit_links (team_id, entry_id) values (new.team_id, new.id);
	return null;
end $$;

create or replace trigger audit_entries_await_place after insert on audit_entries
	for each row execute function await_place();

-- Gives the entries of a team that wait their places, in the order they were written. hash = sha256(hash of the place before,
-- nothing for the first, followed by the entry's text). What becomes visible later comes later.
--
-- Two that ask for one team take turns, by a lock that no writer takes: the second looks when the first has committed. Whoever
-- serves may ask for any team, without a scope: there is nothing to choose, so all that comes of it are true links, and nothing
-- is told.
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

grant execute on function chain_audit(uuid) to app;
