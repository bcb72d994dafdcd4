-- without a transaction
-- until nothing is left
with due as (
	select team_id, project_id, below from drizzle.standings_due where below > 0 order by team_id, project_id limit 1 for update
), part as (
	-- whoever is writing one of them is waited for: what they wrote is what is read
	select e.team_id, e.project_id, e.number, e.rating, e.split from examples e join due d on d.team_id = e.team_id and d.project_id = e.project_id
	where e.number < d.below and e.number >= d.below - 2000 and e.deleted_at is null
	for share of e
), filled as (
	insert into example_standings (team_id, project_id, points, split, number, rating)
	select team_id, project_id, coalesce(floor(rating), 0), coalesce(split, ''), number, rating from part
	on conflict do nothing
)
update drizzle.standings_due x set below = d.below - 2000 from due d where x.team_id = d.team_id and x.project_id = d.project_id;--> statement-breakpoint
drop index concurrently if exists "examples_listed";--> statement-breakpoint
drop index concurrently if exists "examples_lowest";--> statement-breakpoint
analyze "example_standings";
