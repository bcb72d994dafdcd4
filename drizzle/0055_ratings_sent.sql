-- without a transaction
create unique index concurrently "ratings_sent" on "ratings" using btree ("team_id", "example_id", "client_id");
