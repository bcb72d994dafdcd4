-- What pages hear of is needed as long as one may come back and ask for what it missed. The janitor removes the rest, of
-- every team; the serving role itself can remove no announcement.
create function purge_outbox() returns void language sql security definer set search_path = '' as $$
	delete from public.outbox where created_at < now() - interval '1 hour'
$$;
--> statement-breakpoint
grant execute on function purge_outbox() to app;
