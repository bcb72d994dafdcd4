-- What has happened is sent to the webhooks that want it.

-- In the transaction of the deed, for whoever brings it about: a delivery for each webhook of the team that is on, wants this event, and
-- is not limited to other projects, and the job that sends it. What concerns no project goes to those that are not limited.
create or replace function make_deliveries(of_event text, of_project uuid, payload text) returns void
	language plpgsql security definer set search_path = '' as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	made uuid;
begin
	for made in
		insert into public.webhook_deliveries (team_id, endpoint_id, project_ids, event, body)
		select e.team_id, e.id, e.project_ids, of_event, payload from public.webhook_endpoints e
		where e.team_id = team and e.state = 'on' and of_event = any (e.events)
			and (e.project_ids is null or of_project = any (e.project_ids))
			-- of a project that was deleted nobody hears any more, also of what ends there afterwards
			and not exists (select from public.projects p where p.team_id = team and p.id = of_project and p.deleted_at is not null)
		returning id
	loop
		perform public.send_job('delivery.send', made);
	end loop;
end $$;

grant execute on function make_deliveries(text, uuid, text) to app;
