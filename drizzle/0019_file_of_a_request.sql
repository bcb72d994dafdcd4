-- What was named and brought a file is known by its bytes, too. The functions take one thing more, and say it.
DROP FUNCTION IF EXISTS "claim_request"(text, bytea, double precision);--> statement-breakpoint
DROP FUNCTION IF EXISTS "act_request"(text, integer, text);--> statement-breakpoint
ALTER TABLE "named_requests" ADD COLUMN "file_hash" "bytea";
