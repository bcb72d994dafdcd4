-- A key and a token are looked up together with the project of the address: what took one argument fewer goes away.
DROP FUNCTION IF EXISTS "enter_with_key"(bytea, text, int, double precision);--> statement-breakpoint
DROP FUNCTION IF EXISTS "enter_with_token"(bytea, text, int, double precision);
--> statement-breakpoint
-- Written by every request of a script, and worth nothing after a crash: an empty table means that all buckets are full.
ALTER TABLE "buckets" SET UNLOGGED;
