-- by hand
-- what follows from a change of examples is one function (functions/follow.sql)
DROP TRIGGER IF EXISTS "examples_counted_changed" ON "examples";--> statement-breakpoint
DROP TRIGGER IF EXISTS "examples_leaks_changed" ON "examples";--> statement-breakpoint
DROP TRIGGER IF EXISTS "examples_moved" ON "examples";--> statement-breakpoint
DROP FUNCTION IF EXISTS count_examples_changed();--> statement-breakpoint
DROP FUNCTION IF EXISTS refuse_leaks_changed();--> statement-breakpoint
DROP FUNCTION IF EXISTS move_examples();
