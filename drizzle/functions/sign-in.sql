-- Mails with a link and a code. Whoever serves names the SHA-256 of what a visitor has shown, and never reads the table. Every
-- question looks only at what is still good: ten minutes, once.

-- A link and its code for an address, bound to a browser. Earlier ones of the address, and of the browser, stop working.
create or replace function make_sign_in(address text, token bytea, code bytea, browser bytea, next_page text) returns void
	language plpgsql security definer set search_path = '' as $$
begin
	-- two requests for one address at once: the second one waits, and then removes the first
	perform pg_advisory_xact_lock(hashtextextended(address, 7));
	delete from public.sign_ins s where s.email = address or s.browser_hash = browser;
	insert into public.sign_ins (email, token_hash, code_hash, browser_hash, next, expires_at)
	values (address, token, code, browser, next_page, now() + interval '10 minutes');
end $$;

-- What the page of a link shows; uses nothing up.
create or replace function sign_in_by_token(token bytea, browser bytea) returns table (email text, same_browser boolean)
	language sql stable rows 1 security definer set search_path = '' as $$
	select s.email, coalesce(s.browser_hash = browser, false)
	from public.sign_ins s where s.token_hash = token and s.expires_at > now()
$$;

-- Uses the link up.
create or replace function take_sign_in(token bytea) returns table (email text, next text)
	language sql rows 1 security definer set search_path = '' as $$
	delete from public.sign_ins s where s.token_hash = token and s.expires_at > now() returning s.email, s.next
$$;

-- Counts one try of this browser. No row when it has no code that is good, and no address after ten tries.
create or replace function count_code_try(browser bytea) returns table (email text)
	language sql rows 1 security definer set search_path = '' as $$
	with tried as (
		update public.sign_ins s set attempts = s.attempts + 1
		where s.browser_hash = browser and s.expires_at > now() and s.attempts < 10
		returning s.id, s.email
	)
	select t.email from public.sign_ins s left join tried t on t.id = s.id
	where s.browser_hash = browser and s.expires_at > now()
$$;

-- Uses the code up, in the browser that asked for it.
create or replace function take_code(browser bytea, code bytea) returns table (email text, next text)
	language sql rows 1 security definer set search_path = '' as $$
	delete from public.sign_ins s
	where s.browser_hash = browser and s.code_hash = code and s.expires_at > now()
	returning s.email, s.next
$$;

grant execute on function make_sign_in(text, bytea, bytea, bytea, text), sign_in_by_token(bytea, bytea), take_sign_in(bytea),
	count_code_try(bytea), take_code(bytea, bytea) to app;
