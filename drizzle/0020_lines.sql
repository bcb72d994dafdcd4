-- What a run has in its order is reserved and counts as learnt once the provider has accepted; a conversation is the same only to the
-- sign; learning rates that train. The functions and triggers of it are in drizzle/functions; here is what the data that is there needs.
ALTER TABLE "imports" DROP CONSTRAINT "imports_counts";--> statement-breakpoint
DROP INDEX "examples_held";--> statement-breakpoint
ALTER TABLE "examples" ADD COLUMN "reserved" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "warned" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "warnings" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "seen_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "broke_off" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "accepted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "examples_held" ON "examples" USING btree ("team_id","project_id","prompt_hash") WHERE trained or reserved or (split = 'validation' and deleted_at is not null);--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_counts" CHECK (added >= 0 and duplicates >= 0 and refused >= 0 and warned >= 0);
--> statement-breakpoint
-- As note_accepted() says it from now on. What was refused before it began has taught nothing, and was marked as learnt all the same.
update runs set accepted = true
where status in ('training', 'finishing', 'ready') or started_at is not null or coalesce(steps_done, 0) > 0;
--> statement-breakpoint
-- That an example was learnt is taken back here and nowhere else, and its text counts as another one if a sign is another.
alter table examples disable trigger user;
--> statement-breakpoint
update examples e set
	trained = exists (
		select from run_examples m join runs r on r.team_id = m.team_id and r.id = m.run_id
		where m.team_id = e.team_id and m.example_id = e.id and m.kind = 'train' and r.accepted
	),
	reserved = exists (
		select from run_examples m join runs r on r.team_id = m.team_id and r.id = m.run_id
		where m.team_id = e.team_id and m.example_id = e.id and m.kind = 'train'
			and not r.accepted and r.status not in ('failed', 'cancelled')
	)
where trained;
--> statement-breakpoint
-- Eight bytes more, of how it is written (core/examples/fingerprint.ts, exactText): the system prompts and the answer as JSON. Turns
-- are taken as they are written, since reading the text of one refuses \u0000.
update examples e set content_hash = e.content_hash || substring(sha256(convert_to(
	coalesce((
		select string_agg((turn -> 'content')::text || E'\n', '' order by place)
		from json_array_elements(e.messages) with ordinality as turns (turn, place)
		where (turn -> 'role')::text = '"system"'
	), '')
	|| (e.messages -> -1 -> 'content')::text
	|| coalesce(nullif((e.messages -> -1 -> 'tool_calls')::text, 'null'), ''), 'UTF8')) for 8)
where json_array_length(e.messages) > 0 and octet_length(e.content_hash) = 32;
--> statement-breakpoint
alter table examples enable trigger user;
--> statement-breakpoint
-- A multiplier is a value of its own: where the protocol is OpenAI's it was the rate by 0.00001, and so it was ordered.
alter table runs disable trigger user;
--> statement-breakpoint
update runs r set recipe = (r.recipe::jsonb || jsonb_build_object('rateMultiplier',
	case when c.provider in ('openai', 'openai-compatible') then (r.recipe ->> 'learningRate')::numeric / 0.00001 else 1 end))::json
from connections c where c.team_id = r.team_id and c.id = r.connection_id;
--> statement-breakpoint
alter table runs enable trigger user;
--> statement-breakpoint
-- Whoever never chose has the rate for whole models, which hardly moves an adapter, and gets the new default.
update projects set recipe = (recipe::jsonb || '{"learningRate": 0.0002, "rateMultiplier": 1}')::json
where recipe::jsonb = '{"epochs": 3, "batchSize": 4, "learningRate": 0.00001, "loraRank": 16, "loraAlpha": 32, "loraDropout": 0.05, "warmupRatio": 0}';
--> statement-breakpoint
update projects p set recipe = (p.recipe::jsonb || jsonb_build_object('rateMultiplier', coalesce((
	select (p.recipe ->> 'learningRate')::numeric / 0.00001 from connections c
	where c.team_id = p.team_id and c.id = p.connection_id and c.provider in ('openai', 'openai-compatible')
), 1)))::json
where not (p.recipe::jsonb ? 'rateMultiplier');
--> statement-breakpoint
update imports set seen_at = created_at, ended_at = created_at;
