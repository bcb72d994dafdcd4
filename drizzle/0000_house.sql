-- Functions that tables and policies below stand on. The role `app` exists already (roles.sql, run by migrate.ts).
-- Row ids sort by time; PostgreSQL 18 has them built in, older ones get the same layout.
do $house$ begin
	if current_setting('server_version_num')::int >= 180000 then
		create function new_id() returns uuid language sql volatile parallel safe as 'select uuidv7()';
	else
		create function new_id() returns uuid language sql volatile parallel safe as $$
			select encode(
				set_bit(set_bit(
					overlay(uuid_send(gen_random_uuid())
						placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
				52, 1), 53, 1), 'hex')::uuid
		$$;
	end if;
end $house$;
--> statement-breakpoint
-- Policies ask these once per statement: `(select app_all_projects())`.
create function app_all_projects() returns boolean language sql stable parallel safe as $$
	select coalesce(current_setting('app.project_ids', true) = 'all', false)
$$;
--> statement-breakpoint
create function app_project_ids() returns uuid[] language sql stable parallel safe as $$
	select case
		when coalesce(current_setting('app.project_ids', true), '') in ('', 'all') then '{}'::uuid[]
		else string_to_array(current_setting('app.project_ids', true), ',')::uuid[]
	end
$$;
--> statement-breakpoint
grant usage on schema public to app;
--> statement-breakpoint
alter default privileges in schema public grant select, insert, update, delete on tables to app;
--> statement-breakpoint
alter default privileges in schema public grant usage, select on sequences to app;
--> statement-breakpoint
-- Functions are called by name only where a migration grants it.
alter default privileges revoke execute on functions from public;
--> statement-breakpoint
grant execute on function new_id(), app_all_projects(), app_project_ids() to app;
