-- The group that policies and grants name. It never logs in; the serving role is a member of it.
-- Runs before the migrations, every time: roles belong to the whole server, so a restore or a second database may meet them already.
do $$
begin
	if not exists (select from pg_roles where rolname = 'app') then
		create role app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
	end if;
exception
	when duplicate_object or unique_violation then null; -- another database of this server made it at the same moment
end
$$;
