-- Ids, and what the policies ask. (A file of this folder is run when its text has changed: platform/db/functions.ts.)

-- Row ids sort by time; PostgreSQL 18 has them built in, older ones get the same layout.
do $new_id$ begin
	if current_setting('server_version_num')::int >= 180000 then
		create or replace function new_id() returns uuid language sql volatile parallel safe as 'select uuidv7()';
	else
		create or replace function new_id() returns uuid language sql volatile parallel safe as $$
			select encode(
				set_bit(set_bit(
					overlay(uuid_send(gen_random_uuid())
						placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
				52, 1), 53, 1), 'hex')::uuid
		$$;
	end if;
end $new_id$;

-- Policies ask these once per statement: `(select app_all_projects())`.
create or replace function app_all_projects() returns boolean language sql stable parallel safe as $$
	select coalesce(current_setting('app.project_ids', true) = 'all', false)
$$;

-- The projects of a member who may only see some.
create or replace function app_project_ids() returns uuid[] language sql stable parallel safe as $$
	select case
		when coalesce(current_setting('app.project_ids', true), '') in ('', 'all') then '{}'::uuid[]
		else string_to_array(current_setting('app.project_ids', true), ',')::uuid[]
	end
$$;

-- Who rates and votes: the key, where one acts, else the person; as `Scope.voterId`.
create or replace function app_voter() returns uuid language sql stable parallel safe as $$
	select coalesce(nullif(current_setting('app.key_id', true), ''), nullif(current_setting('app.user_id', true), ''))::uuid
$$;

grant execute on function new_id(), app_all_projects(), app_project_ids(), app_voter() to app;
