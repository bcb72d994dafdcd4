-- All that a page may do with the queue of pg-boss: put a job of the team that acts into it, and ask whether one is there. (plpgsql,
-- whose text is looked at when it is called: the queue is installed after the functions.)

-- The row that pg-boss 12.27.0 writes itself (insertJobs in its plans.js; a test compares them): settings from the queue, one
-- waiting job for a key, and a NOTIFY when it is due at once. The team and the person are those of the transaction. The queues
-- of teams are called `run.follow`, what names the row is `runId`; to the others, which act for everybody, nobody sends.
-- A job that asks for itself again later waits in its own row: what is followed for hours leaves one row, not one for each look.
create or replace function send_job(to_queue text, row_id uuid, not_before timestamptz default null) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	person uuid := nullif(current_setting('app.user_id', true), '')::uuid;
	due timestamptz := coalesce(not_before, now());
	q record;
begin
	select * into q from pgboss.queue where name = to_queue and name like '%.%';
	if team is null or q.name is null then
		raise exception 'A job is sent by a team, to a queue of teams' using errcode = '42501';
	end if;
	if due > now() then
		begin
			update pgboss.job j set state = 'created', start_after = due, keep_until = due + q.retention_seconds * interval '1 second',
				data = j.data || jsonb_build_object('userId', person), started_on = null, heartbeat_on = null, retry_count = 0
			where j.name = q.name and j.singleton_key = row_id::text and j.state = 'active' and j.data ->> 'teamId' = team::text;
			if found then
				return;
			end if;
		exception when unique_violation then
			return; -- another one waits already
		end;
	end if;
	insert into pgboss.job (
		name, data, start_after, singleton_key, policy, expire_seconds, deletion_seconds, keep_until,
		retry_limit, retry_delay, retry_backoff, retry_delay_max, dead_letter, heartbeat_seconds
	) values (
		q.name,
		jsonb_build_object(split_part(q.name, '.', 1) || 'Id', row_id, 'teamId', team, 'userId', person),
		due, row_id::text, q.policy, q.expire_seconds, q.deletion_seconds, due + q.retention_seconds * interval '1 second',
		q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.dead_letter, q.heartbeat_seconds
	) on conflict do nothing;
	if found and q.notify and due <= now() then
		perform pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), q.name);
	end if;
end $$;

-- Whether a job of the team for this row waits, runs or will be tried again.
create or replace function is_queued(in_queue text, row_id uuid) returns boolean
	language plpgsql stable security definer set search_path = '' as $$
begin
	return exists (
		select from pgboss.job j
		where j.name = in_queue and j.singleton_key = row_id::text and j.state < 'completed'
			and j.data ->> 'teamId' = nullif(current_setting('app.team_id', true), '')
	);
end $$;

-- A job of the team for this row that waits for later is due at once.
create or replace function hasten_job(in_queue text, row_id uuid) returns void
	language plpgsql security definer set search_path = '' as $$
begin
	update pgboss.job set start_after = now()
	where name = in_queue and singleton_key = row_id::text and state < 'active' and start_after > now()
		and data ->> 'teamId' = nullif(current_setting('app.team_id', true), '');
	if found then
		perform pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), in_queue);
	end if;
end $$;

grant execute on function send_job(text, uuid, timestamptz), is_queued(text, uuid), hasten_job(text, uuid) to app;
