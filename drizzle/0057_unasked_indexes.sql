-- without a transaction
-- what is said of an example lies in ratings_sent
drop index concurrently if exists "ratings_team_id_example_id_person_id_seq_index";--> statement-breakpoint
-- the purge goes by project (functions/purge.sql)
drop index concurrently if exists "activities_created_at_index";
