-- without a transaction
CREATE INDEX CONCURRENTLY "evaluations_of_connection" ON "evaluations" USING btree ("team_id","connection_id") WHERE connection_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "evaluations_against_connection" ON "evaluations" USING btree ("team_id","against_connection_id") WHERE against_connection_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "projects_of_connection" ON "projects" USING btree ("team_id","connection_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "run_pairs_of_pair" ON "run_pairs" USING btree ("team_id","pair_id");