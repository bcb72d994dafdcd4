-- How many a team may have of what a page lists whole (core/team/most.ts): nobody looks through more of them, and every page names the
-- projects. Who adds one at the same moment waits, and is counted. AI050: there are as many.

-- `tg_argv`: how many, and which of the rows count. A team that had more before, and was deleted, comes back with them: its projects do before it (restore_team).
create or replace function hold_at_most() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	most int := tg_argv[0];
	counted int;
begin
	if tg_op = 'UPDATE' and public.is_team_deleted(new.team_id) then
		return null;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(tg_table_name || new.team_id::text, 16));
	execute format('select count(*) from (select from public.%I t where t.team_id = $1 and (%s) limit $2) found', tg_table_name, tg_argv[1])
		into counted using new.team_id, most + 1;
	if counted > most then
		raise exception 'A team has % of the table %', most, tg_table_name
			using errcode = 'AI050', detail = json_build_object('most', most, 'of', tg_table_name);
	end if;
	return null;
end $$;

create or replace trigger members_at_most after insert on members
	for each row execute function hold_at_most('1000', 'true');
create or replace trigger invitations_at_most after insert on invitations
	for each row execute function hold_at_most('200', 't.accepted_at is null and t.revoked_at is null');
create or replace trigger connections_at_most after insert on connections
	for each row execute function hold_at_most('100', 'true');
create or replace trigger webhook_endpoints_at_most after insert on webhook_endpoints
	for each row execute function hold_at_most('20', 'true');
create or replace trigger api_keys_at_most after insert on api_keys
	for each row execute function hold_at_most('50', 't.revoked_at is null and t.expires_at > now()');
create or replace trigger projects_at_most after insert on projects
	for each row execute function hold_at_most('500', 't.deleted_at is null');
create or replace trigger projects_back_at_most after update of deleted_at on projects
	for each row when (new.deleted_at is null) execute function hold_at_most('500', 't.deleted_at is null');
