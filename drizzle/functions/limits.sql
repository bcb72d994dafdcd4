-- Counted events and places at once. Their keys hold addresses, so that nobody who serves may list them. A place is kept under a
-- key of its own kind: by leaving one, no count can be set back.

-- Counts one event in the fixed window of this key, and says its number in there. One statement, so that a hundred at once are
-- counted as a hundred.
create or replace function count_event(event text, seconds float8) returns int
	language sql security definer set search_path = '' as $$
	insert into public.rate_limits as known (key, count, resets_at) values (event, 1, now() + seconds * interval '1 second')
	on conflict (key) do update set
		count = case when known.resets_at <= now() then 1 else known.count + 1 end,
		resets_at = case when known.resets_at <= now() then excluded.resets_at else known.resets_at end
	returning count
$$;

-- Takes a place that is free, or whose lease has run out. False when somebody has it.
create or replace function take_place(place text, holder int, seconds float8) returns boolean
	language sql security definer set search_path = '' as $$
	with taken as (
		insert into public.rate_limits as known (key, count, resets_at) values ('place:' || place, holder, now() + seconds * interval '1 second')
		on conflict (key) do update set count = excluded.count, resets_at = excluded.resets_at
			where known.resets_at <= now()
		returning 1
	)
	select exists (select from taken)
$$;

create or replace function hold_place(place text, holder int, seconds float8) returns void
	language sql security definer set search_path = '' as $$
	update public.rate_limits l set resets_at = now() + seconds * interval '1 second' where l.key = 'place:' || place and l.count = holder
$$;

create or replace function leave_place(place text, holder int) returns void
	language sql security definer set search_path = '' as $$
	delete from public.rate_limits l where l.key = 'place:' || place and l.count = holder
$$;

grant execute on function count_event(text, float8), take_place(text, int, float8), hold_place(text, int, float8), leave_place(text, int) to app;
