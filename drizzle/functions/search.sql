-- Searching. No index answers `ilike` under row level security, and one of trigrams makes an import ten times as slow; so this is a definer
-- function, which asks for the team, the role and the project itself, and goes by signatures (src/lib/core/text/signature.ts): of
-- 32 numbers each it reads only those whose signature has every mark of the words. What has no signature yet is read.

-- The numbers of the first examples, from the newest down, or with `after` from there up. `texts` and `rewrites`: patterns of `ilike`.
-- `points`, 0 for unrated, and `sides`, '' for neither: null is all.
create or replace function search_examples(
	project uuid, texts text, rewrites text, its_number int, marks int[], points int[], sides text[], before int, after int, most int
) returns setof int language plpgsql stable security definer set search_path = '' as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	signed int;
	ends int;
	place record;
	found int[] := '{}';
	has_marks text;
begin
	if coalesce(current_setting('app.role', true), '') not in ('owner', 'trainer', 'rater')
		or not (public.app_all_projects() or project = any (public.app_project_ids())) then
		return;
	end if;
	select coalesce(max(s.block) + 1, 0) into signed from public.example_signatures s where s.team_id = team and s.project_id = project;
	select p.next_example / 32 into ends from public.projects p where p.team_id = team and p.id = project;
	select coalesce(string_agg(format('get_bit(s.bits, %s) = 1', mark), ' and '), 'true') into has_marks from unnest(marks) mark;
	for place in execute format(
		case when after is null
			then '(select b as block from generate_series($4, $3, -1) b where b <= $5 and b >= $6)
				union all (select s.block from public.example_signatures s where s.team_id = $1 and s.project_id = $2
					and s.block <= $5 and s.block >= $6 and %s order by s.team_id desc, s.project_id desc, s.block desc)'
			else '(select s.block from public.example_signatures s where s.team_id = $1 and s.project_id = $2
					and s.block <= $5 and s.block >= $6 and %s order by s.team_id, s.project_id, s.block)
				union all (select b from generate_series($3, $4) b where b <= $5 and b >= $6)'
		end, has_marks)
		using team, project, signed, ends, coalesce(before, 2147483647) / 32, coalesce(after, 0) / 32
	loop
		found := found || array(
			select e.number from public.examples e
			where e.team_id = team and e.project_id = project and e.number between place.block * 32 and place.block * 32 + 31
				and e.deleted_at is null and e.messages::text ilike texts
				and (before is null or e.number < before) and (after is null or e.number > after)
				and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
		);
		exit when cardinality(found) >= most;
	end loop;
	return query
		select number from (
			select unnest(found) as number
			union (
				select e.number from public.examples e
				where e.team_id = team and e.project_id = project and e.deleted_at is null and e.rewrite is not null and e.rewrite ilike rewrites
					and (before is null or e.number < before) and (after is null or e.number > after)
					and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
				order by case when after is null then -e.number else e.number end limit most
			)
			union (
				select e.number from public.examples e
				where e.team_id = team and e.project_id = project and e.deleted_at is null and e.number = its_number
					and (before is null or e.number < before) and (after is null or e.number > after)
					and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
			)
		) all_of
		order by case when after is null then -number else number end limit most;
end $$;

grant execute on function search_examples(uuid, text, text, int, int[], int[], text[], int, int, int) to app;
