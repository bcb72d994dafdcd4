-- Searching. No index answers `ilike` under row level security, and one of trigrams makes an import ten times as slow; so this is a definer
-- function, which asks for the team, the role and the project itself, and goes by signatures (src/lib/core/text/signature.ts): of
-- 32 numbers each it reads only those whose signature has every mark of the words. What has no signature yet is read.

-- The numbers of the first examples, from the newest down, or with `after` from there up. `texts` and `rewrites`: patterns of `ilike`.
-- `points`, 0 for unrated, and `sides`, '' for neither: null is all.
create or replace function search_examples(
	project uuid, texts text, rewrites text, its_number int, marks int[], points int[], sides text[], before int, after int, most int
) returns setof int language plpgsql stable security definer set search_path = ''
-- a plan for whichever team takes each project for a thousandth of what a large one has, and reads all of it for every 32 numbers
set plan_cache_mode = force_custom_plan as $$
declare
	team uuid := nullif(current_setting('app.team_id', true), '')::uuid;
	signed int;
	ends int;
	low int;
	step constant int := 512;
	place record;
	found int[] := '{}';
	rewritten int[];
	has_marks text;
begin
	if coalesce(current_setting('app.role', true), '') not in ('owner', 'trainer', 'rater')
		or not (public.app_all_projects() or project = any (public.app_project_ids())) then
		return;
	end if;
	select coalesce(max(s.block) + 1, 0) into signed from public.example_signatures s where s.team_id = team and s.project_id = project;
	select p.next_example / 32 into ends from public.projects p where p.team_id = team and p.id = project;
	select coalesce(string_agg(format('get_bit(s.bits, %s) = 1', mark), ' and '), 'true') into has_marks from unnest(marks) mark;
	-- from where the walk begins, so many blocks at a time: what is frequent is found in the first of them
	low := case when after is null then least(coalesce(before, 2147483647) / 32, ends) - step + 1 else after / 32 end;
	while cardinality(found) < most and low + step > 0 and low <= ends loop
		for place in execute format(
			'select b.block from (
				select s.block from public.example_signatures s
				where s.team_id = $1 and s.project_id = $2 and s.block between $3 and $4 and %s
				union all select generate_series(greatest($5, $3), least($6, $4))
			) b order by case when $7 then -b.block else b.block end', has_marks)
			using team, project, greatest(low, 0), low + step - 1, signed, ends, after is null
		loop
			found := found || array(
				select e.number from public.examples e
				where e.team_id = team and e.project_id = project and e.number between place.block * 32 and place.block * 32 + 31
					and e.deleted_at is null and e.messages::text ilike texts
					-- and somebody says it: every conversation has a “role” and a “content”, and line breaks are written with an n
					and exists (
						select from json_array_elements(
							-- U+0000, which files bring and nobody types, is in JSON and in no text: left in, it would end the search of the whole project
							case when strpos(e.messages::text, '\u0000') = 0 then e.messages
								else regexp_replace(e.messages::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json end
						) turn, json_each(turn) part
						where part.key not in ('role', 'weight')
							and case part.key when 'content' then part.value #>> '{}' ilike rewrites else part.value::text ilike texts end
					)
					and (before is null or e.number < before) and (after is null or e.number > after)
					and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
			);
			exit when cardinality(found) >= most;
		end loop;
		low := low + case when after is null then -step else step end;
	end loop;
	-- of the rewrites too the newest are looked at first; all of them lie closer together where they were written
	rewritten := array(
		select e.number from (
			select e.number, e.rewrite, e.rating, e.split from public.examples e
			where e.team_id = team and e.project_id = project and e.deleted_at is null and e.rewrite is not null
				and (before is null or e.number < before) and after is null
			order by e.number desc limit 1000
		) e
		where e.rewrite ilike rewrites
			and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
	);
	if cardinality(rewritten) < most then
		rewritten := array(
			select distinct e.number from public.rewrites w
			join public.examples e on e.team_id = w.team_id and e.id = w.example_id
			where w.team_id = team and w.project_id = project and w.output ilike rewrites and e.rewrite ilike rewrites and e.deleted_at is null
				and (before is null or e.number < before) and (after is null or e.number > after)
				and (points is null or public.whole_points(e.rating) = any (points)) and (sides is null or coalesce(e.split, '') = any (sides))
		);
	end if;
	return query
		select number from (
			select unnest(found) as number
			union select unnest(rewritten)
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
