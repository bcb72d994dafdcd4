-- Requests that a key has named, so that each is carried out once however often it comes. All of them act for the key, or the
-- personal token, of the transaction, in its team.

create or replace function acting_key() returns uuid language sql stable parallel safe as $$
	select coalesce(nullif(current_setting('app.key_id', true), ''), nullif(current_setting('app.token_id', true), ''))::uuid
$$;

-- `claimed`: whoever asks carries it out now. `running`: somebody else does. `other`: the name was used for something else.
-- `answered`: it is over, and this was said. `lost`: it was carried out by a process that ended before it could say what came of it.
-- One that ended before it did anything leaves it to the next.
create or replace function claim_request(called text, mark bytea, seconds float8)
	returns table (outcome text, status int, answer text, file_hash bytea)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
declare
	team uuid := (select nullif(current_setting('app.team_id', true), '')::uuid);
	known public.named_requests;
begin
	insert into public.named_requests as r (team_id, key_id, name, fingerprint, held_until)
	values (team, public.acting_key(), called, mark, clock_timestamp() + make_interval(secs => seconds))
	on conflict do nothing;
	if found then
		return query select 'claimed', null::int, null::text, null::bytea;
		return;
	end if;
	select r.* into known from public.named_requests r
	where r.team_id = team and r.key_id = public.acting_key() and r.name = called for update;
	if known.id is null then -- whoever had it has left it meanwhile
		return query select * from public.claim_request(called, mark, seconds);
	elsif known.fingerprint <> mark then
		return query select 'other', null::int, null::text, null::bytea;
	elsif known.status is not null then
		return query select 'answered', known.status, known.answer, known.file_hash;
	elsif known.held_until > clock_timestamp() then
		return query select 'running', null::int, null::text, null::bytea;
	elsif known.acted then
		return query select 'lost', null::int, null::text, null::bytea;
	else
		update public.named_requests r set held_until = clock_timestamp() + make_interval(secs => seconds)
		where r.team_id = team and r.id = known.id;
		return query select 'claimed', null::int, null::text, null::bytea;
	end if;
end $$;

create or replace function hold_request(called text, seconds float8) returns void
	language sql security definer set search_path = '' as $$
	update public.named_requests r set held_until = clock_timestamp() + make_interval(secs => seconds)
	where r.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and r.key_id = public.acting_key()
		and r.name = called and r.status is null
$$;

-- In the transaction of the deed: it has acted, and this is what will be answered, where that is known already.
create or replace function act_request(called text, code int, said text, hash bytea) returns void
	language sql security definer set search_path = '' as $$
	update public.named_requests r set acted = true, status = code, answer = said, file_hash = coalesce(hash, r.file_hash)
	where r.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and r.key_id = public.acting_key()
		and r.name = called
$$;

-- It did nothing and may be asked again.
create or replace function leave_request(called text) returns void
	language sql security definer set search_path = '' as $$
	delete from public.named_requests r
	where r.team_id = (select nullif(current_setting('app.team_id', true), '')::uuid) and r.key_id = public.acting_key()
		and r.name = called and not r.acted and r.status is null
$$;

grant execute on function claim_request(text, bytea, float8), hold_request(text, float8), act_request(text, int, text, bytea),
	leave_request(text) to app;
