-- As in 0002, and each now says aloud that only what is there or was learnt can leak: that is what the two partial indexes
-- of 0004 hold, and the planner takes them no other way.
create or replace function refuse_leak_added() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	there int;
begin
	perform pg_advisory_xact_lock(hashtextextended(new.project_id::text, 1));
	select o.number into there from public.examples o
	where o.team_id = new.team_id and o.project_id = new.project_id and o.prompt_hash = new.prompt_hash and o.id <> new.id
		and (o.trained or o.deleted_at is null)
		and ((new.split = 'validation' and (o.trained or (o.split = 'train' and o.deleted_at is null)))
			or (new.split = 'train' and o.split = 'validation' and o.deleted_at is null))
	limit 1;
	if found then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', new.number, there
			using errcode = 'AI003';
	end if;
	return null;
end $$;
--> statement-breakpoint
create or replace function refuse_leaks_changed() returns trigger language plpgsql security definer set search_path = '' as $$
declare
	moved uuid[];
	leak record;
begin
	select array_agg(n.id) into moved
	from new_rows n join old_rows o on o.team_id = n.team_id and o.id = n.id
	where n.split is not null and n.deleted_at is null
		and (n.split is distinct from o.split or n.prompt_hash <> o.prompt_hash or o.deleted_at is not null);
	if moved is null then
		return null;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(place.project_id::text, 1))
	from (select distinct project_id from new_rows order by project_id) place;
	select n.number as here, o.number as there into leak
	from (select team_id, project_id, id, number, prompt_hash, split from new_rows where id = any (moved)) n
	join public.examples o on o.team_id = n.team_id and o.project_id = n.project_id and o.prompt_hash = n.prompt_hash and o.id <> n.id
	where (o.trained or o.deleted_at is null)
		and ((n.split = 'validation' and (o.trained or (o.split = 'train' and o.deleted_at is null)))
			or (n.split = 'train' and o.split = 'validation' and o.deleted_at is null))
	limit 1;
	if found then
		raise exception 'Examples % and % have the same prompt and cannot stand on both sides of the split', leak.here, leak.there
			using errcode = 'AI003';
	end if;
	return null;
end $$;
