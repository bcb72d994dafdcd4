-- Whoever serves asks for persons, sessions, mails and limits by functions (drizzle/functions), each with one question, and has
-- nothing of the tables. The queue has a role of its own; what it may is granted with the queues (platform/db/migrate.ts).
revoke all on people, sessions, sign_ins, rate_limits from app;--> statement-breakpoint
-- Three functions are older than the rule that nobody calls a function of ours unless a file says so.
revoke execute on all functions in schema public from public;
