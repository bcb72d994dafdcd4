-- The groups that policies and grants name: `app` serves, `queue` runs pg-boss. They never log in; the roles that do are members.
-- Runs before the migrations, every time: roles belong to the whole server, so a restore or a second database may meet them already.
do $$
declare
	name text;
begin
	foreach name in array array['app', 'queue'] loop
		begin
			if not exists (select from pg_roles where rolname = name) then
				execute format('create role %I nologin nosuperuser nobypassrls nocreatedb nocreaterole', name);
			end if;
		exception
			when duplicate_object or unique_violation then null; -- another database of this server made it at the same moment
			when insufficient_privilege then
				raise exception 'The group "%" is missing, and the role of DATABASE_URL may not create it. As a superuser: create role % nologin;', name, name;
		end;
	end loop;
end
$$;
