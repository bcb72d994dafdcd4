-- Votes without an account. Whoever comes with a link of a comparison is asked nothing but which answer is better: no policy knows a
-- guest, and these functions, by the SHA-256 of the link and of the guest's own secret, tell and take what one ballot needs. Nothing of
-- it says who wrote what; what was said counts for no verdict (core/evaluations/guests.ts).

-- How a link stands. `waiting`: the answers are not written. Of a project or team that is deleted nothing is left to say.
create or replace function guest_link(hash bytea)
	returns table (id uuid, team_id uuid, project_id uuid, evaluation_id uuid, state text, title text, instructions text, pairs int)
	language sql stable rows 1 security definer set search_path = '' as $$
	select l.id, l.team_id, l.project_id, l.evaluation_id,
		case when e.revealed_at is not null then 'closed'
			when l.revoked_at is not null then 'revoked'
			when l.expires_at <= now() then 'expired'
			when e.status <> 'voting' then 'waiting'
			when (select count(*) from public.guests g where g.team_id = l.team_id and g.link_id = l.id) >= l.most_guests then 'full'
			else 'open' end,
		l.title, l.instructions, least(l.pairs, e.planned * case when e.three_part is null then 1 else 3 end)
	from public.guest_links l
		join public.evaluations e on e.team_id = l.team_id and e.id = l.evaluation_id
		join public.projects p on p.team_id = l.team_id and p.id = l.project_id and p.deleted_at is null
		join public.teams t on t.id = l.team_id and t.deleted_at is null
	where l.hash = guest_link.hash
$$;

-- What is judged with a comparison as one: itself, and of a three-way all three. Guests are dealt from all of them as members are: whoever knew
-- that every pair is of one would know who wrote the answer that stands in another, too.
create or replace function judged_with(team uuid, evaluation uuid) returns uuid[]
	language sql stable set search_path = '' as $$
	select case when e.three_part is null then array[e.id] else coalesce(e.three_of, e.id) || array(
		select o.id from public.evaluations o where o.team_id = e.team_id and o.three_of = coalesce(e.three_of, e.id)
	) end
	from public.evaluations e
	where e.team_id = judged_with.team and e.id = judged_with.evaluation
$$;

-- The guest that a secret is in a comparison, whichever of its links they came by: one device is one guest. Two that began by two links in the
-- same moment are the first of them.
create or replace function guest_with(team uuid, evaluation uuid, secret bytea) returns uuid
	language sql stable set search_path = '' as $$
	select g.id
	from public.guest_links l
		join public.guests g on g.team_id = l.team_id and g.link_id = l.id and g.secret = guest_with.secret
	where l.team_id = guest_with.team and l.evaluation_id = any (public.judged_with(guest_with.team, guest_with.evaluation))
	order by g.created_at, g.id
	limit 1
$$;

-- What a new guest may be dealt: the pairs, each with how many guests have it.
create or replace function guest_pairings(hash bytea) returns table (id uuid, shown int)
	language sql stable rows 100 security definer set search_path = '' as $$
	select p.id, (
		select count(*)::int from public.ballots b
		where b.team_id = p.team_id and b.evaluation_id = p.evaluation_id and b.pairing_id = p.id and b.voter = 'guest'
	)
	from public.guest_link(guest_pairings.hash) l
		join public.pairings p on p.team_id = l.team_id and p.evaluation_id = any (public.judged_with(l.team_id, l.evaluation_id))
	where l.state = 'open'
	order by p.position, p.id
$$;

-- A new guest takes a place, with these pairs in this order; asked again with the same secret, or by another link of the same comparison, they have it already. False: there is no place
-- left, or the link is not open. Who comes at once waits here, so that no link has more guests than it may.
create or replace function begin_guest(hash bytea, secret bytea, dealt uuid[], sides boolean[]) returns boolean
	language plpgsql security definer set search_path = '' as $$
declare
	link record;
	made uuid;
begin
	perform from public.guest_links l where l.hash = begin_guest.hash for no key update;
	select l.* into link from public.guest_link(begin_guest.hash) l;
	if public.guest_with(link.team_id, link.evaluation_id, begin_guest.secret) is not null then
		return true;
	end if;
	-- dealt nothing: the link opened a moment after they were asked for
	if link.state is distinct from 'open' or cardinality(dealt) = 0 then
		return false;
	end if;
	insert into public.guests as g (team_id, project_id, evaluation_id, link_id, secret)
	values (link.team_id, link.project_id, link.evaluation_id, link.id, begin_guest.secret) returning g.id into made;
	insert into public.ballots (team_id, project_id, evaluation_id, pairing_id, person_id, voter, position, swapped)
	select link.team_id, link.project_id, p.evaluation_id, p.id, made, 'guest', d.place - 1, d.side
	from unnest(dealt, sides) with ordinality d (pairing, side, place)
		join public.pairings p on p.team_id = link.team_id and p.id = d.pairing
			and p.evaluation_id = any (public.judged_with(link.team_id, link.evaluation_id))
	where d.place <= link.pairs
	order by d.place;
	insert into public.outbox (team_id, project_id, topic, event)
	values (link.team_id, link.project_id, 'evaluation:' || link.evaluation_id, 'evaluation.guest_came');
	return true;
end $$;

-- How far a guest is, and their next ballot with what stands on it; none when all is judged, or the link takes nothing more. No row: this
-- link has no such guest. `names`: by what the answers could be told apart, which whoever serves hides before it is shown.
create or replace function guest_ballot(hash bytea, secret bytea)
	returns table (judged int, total int, ballot_id uuid, place int, prompt json, text_a text, text_b text, swapped boolean, names json)
	language sql stable rows 1 security definer set search_path = '' as $$
	with acting as (
		select l.*, public.judged_with(l.team_id, l.evaluation_id) as contests, g.id as guest_id
		from public.guest_link(guest_ballot.hash) l,
			public.guest_with(l.team_id, l.evaluation_id, guest_ballot.secret) g (id)
		where g.id is not null
	), mine as (
		select b.*, (
			select v.choice from public.votes v
			where v.team_id = b.team_id and v.evaluation_id = b.evaluation_id and v.ballot_id = b.id order by v.seq desc limit 1
		) as choice
		from acting a join public.ballots b
			on b.team_id = a.team_id and b.evaluation_id = any (a.contests) and b.person_id = a.guest_id and b.voter = 'guest'
	), next as (
		select m.* from mine m, acting a where m.choice is null and a.state in ('open', 'full') order by m.position limit 1
	)
	select (select count(m.choice)::int from mine m), (select count(*)::int from mine), n.id, n.position, p.prompt,
		(select o.text from public.outputs o where o.team_id = n.team_id and o.pairing_id = n.pairing_id and o.contender = 'a'),
		(select o.text from public.outputs o where o.team_id = n.team_id and o.pairing_id = n.pairing_id and o.contender = 'b'),
		n.swapped,
		(select json_build_object(
			'models', json_agg(w.word) filter (where w.sort = 'model'),
			'own', json_agg(w.word) filter (where w.sort = 'own'),
			'project', min(j.name))
		from public.evaluations e
			join public.projects j on j.team_id = e.team_id and j.id = e.project_id
			left join public.runs one on one.team_id = e.team_id and one.id = e.run_id
			left join public.runs other on other.team_id = e.team_id and other.id = e.against_run_id
			cross join lateral (values
				('model', e.base_model), ('model', e.against_model), ('model', one.base_model), ('model', other.base_model),
				('own', one.model), ('own', one.model_object), ('own', one.mark), ('own', other.model), ('own', other.model_object), ('own', other.mark)
			) w (sort, word)
		where e.team_id = a.team_id and e.id = any (a.contests))
	from acting a left join next n on true left join public.pairings p on p.team_id = n.team_id and p.id = n.pairing_id
$$;

-- A guest's word on their own ballot; the last one counts, and the same one sent twice counts once. Null takes back the last word they gave,
-- on whichever ballot that was. `taken`; or why not: `gone` (no such guest or ballot), or how the link stands. `team`: whose pages look again.
create or replace function cast_guest_vote(hash bytea, secret bytea, ballot uuid, mark text, client uuid)
	returns table (outcome text, team uuid)
	language plpgsql volatile rows 1 security definer set search_path = '' as $$
declare
	link record;
	guest uuid;
	contests uuid[];
	own record;
begin
	-- a revocation of this moment waits, or wins
	perform from public.guest_links l where l.hash = cast_guest_vote.hash for share;
	select l.* into link from public.guest_link(cast_guest_vote.hash) l;
	guest := public.guest_with(link.team_id, link.evaluation_id, cast_guest_vote.secret);
	contests := public.judged_with(link.team_id, link.evaluation_id);
	if link.state not in ('open', 'full') then
		outcome := link.state;
		return next;
		return;
	end if;
	outcome := 'gone';
	-- what one guest sends at once comes one by one
	perform pg_advisory_xact_lock(hashtextextended(guest::text, 13));
	if exists (
		select from public.votes v where v.team_id = link.team_id and v.evaluation_id = any (contests) and v.person_id = guest and v.client_id = client
	) then
		outcome := 'taken';
		return next;
		return;
	end if;
	if mark is null then
		select v.ballot_id as id, v.pairing_id, v.evaluation_id into own from public.votes v
		where v.team_id = link.team_id and v.evaluation_id = any (contests) and v.person_id = guest and v.choice is not null
			and not exists (select from public.votes n where n.team_id = v.team_id and n.evaluation_id = v.evaluation_id
				and n.ballot_id = v.ballot_id and n.seq > v.seq)
		order by v.seq desc limit 1;
	else
		select b.id, b.pairing_id, b.evaluation_id into own from public.ballots b
		where b.team_id = link.team_id and b.evaluation_id = any (contests) and b.person_id = guest and b.voter = 'guest' and b.id = ballot;
	end if;
	if own.id is null then
		return next;
		return;
	end if;
	outcome := 'taken';
	team := link.team_id;
	insert into public.votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, voter, choice, client_id)
	values (link.team_id, link.project_id, own.evaluation_id, own.pairing_id, own.id, guest, 'guest', mark, client) on conflict do nothing;
	if found then
		-- the link's, not the ballot's: that would tell which of the three it was in
		insert into public.outbox (team_id, project_id, topic, event)
		values (link.team_id, link.project_id, 'evaluation:' || link.evaluation_id, 'evaluation.guest_voted');
	end if;
	return next;
end $$;

grant execute on function guest_link(bytea), guest_pairings(bytea), begin_guest(bytea, bytea, uuid[], boolean[]), guest_ballot(bytea, bytea),
	cast_guest_vote(bytea, bytea, uuid, text, uuid) to app;
