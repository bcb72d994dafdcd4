ALTER TABLE "evaluations" ADD COLUMN "votes_per_prompt" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "delta" smallint DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "attempt" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "thinking" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "continues_id" uuid;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_continues" FOREIGN KEY ("team_id","project_id","continues_id") REFERENCES "public"."evaluations"("team_id","project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_continues_once" UNIQUE("team_id","continues_id");--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_plan" CHECK ("evaluations"."votes_per_prompt" between 1 and 3 and "evaluations"."delta" between 1 and 100 and "evaluations"."attempt" > 0);--> statement-breakpoint
-- The how manieth comparison of the same two it was: earlier ones count that were revealed, or had twelve prompts judged by people,
-- when it was made. Which of the two is judged does not matter.
update evaluations e set attempt = 1 + (
	select count(*) from evaluations o
	where o.team_id = e.team_id and o.project_id = e.project_id and o.number < e.number
		and (
			(o.run_id = e.run_id and o.against_run_id is not distinct from e.against_run_id)
			or (o.run_id = e.against_run_id and o.against_run_id = e.run_id)
		)
		and (
			o.revealed_at < e.created_at
			or (
				select count(distinct last.pairing_id) from (
					select distinct on (v.ballot_id) v.pairing_id, v.choice from votes v
					where v.team_id = o.team_id and v.evaluation_id = o.id and v.voter = 'person' and v.created_at < e.created_at
					order by v.ballot_id, v.seq desc
				) last
				where last.choice is not null
			) >= 12
		)
);
--> statement-breakpoint
-- Where results are known, as many votes count on each prompt as every judged one has, so that nobody's are lost.
update evaluations e set votes_per_prompt = coalesce((
	select least(3, min(given.people)) from (
		select last.pairing_id, count(*)::int as people from (
			select distinct on (v.ballot_id) v.pairing_id, v.choice from votes v
			where v.team_id = e.team_id and v.evaluation_id = e.id and v.voter = 'person' and v.created_at <= e.revealed_at
			order by v.ballot_id, v.seq desc
		) last
		where last.choice is not null
		group by last.pairing_id
	) given
), 1)
where revealed_at is not null;
--> statement-breakpoint
-- What is kept of a result has other numbers now: the sweep counts it anew.
update evaluations set result = null where result is not null;
