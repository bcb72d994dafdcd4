-- It says now whether somebody has an account with the address; drizzle/functions has it anew.
drop function invitation_by_token(bytea);
--> statement-breakpoint
-- The activity says which projects got the new usual recipe from the migration before this one: those that hold it as that wrote it, since
-- what the app writes has no spaces.
insert into activities (team_id, project_id, event, subject, details)
select p.team_id, p.id, 'project.recipe_renewed', p.id::text, '{"from":0.00001,"to":0.0002}'
from projects p
where p.recipe::text = p.recipe::jsonb::text
	and p.recipe::jsonb = '{"epochs": 3, "batchSize": 4, "learningRate": 0.0002, "rateMultiplier": 1, "loraRank": 16, "loraAlpha": 32, "loraDropout": 0.05, "warmupRatio": 0}';
