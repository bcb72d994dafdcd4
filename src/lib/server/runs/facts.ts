import { and, desc, eq, sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import type { PreflightFacts } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { examples, runExamples, runs } from '../platform/db/schema.ts';
import { counting } from '../access/own-scores.ts';
import type { Project, Tx } from '../access/scope.ts';
import { readFlaws } from './flaws.ts';
import { differenceFrom, lastRunOf } from './last-run.ts';

/** Latest scores this far apart are a disagreement: one band and more (Bad 1–4, Okay 5–7, Great 8–10). */
const contestedFrom = 4;

export type DataFacts = Omit<
	PreflightFacts,
	'provider' | 'recipe' | 'contextTokens' | 'keyOk' | 'keyReason' | 'model' | 'today' | 'fitted'
> & {
	validationTokens: number;
};

/**
 * A step: what the data of a project says before a training with this recipe. Few queries, whatever the size; only conversations
 * with tools, weights or turns out of order are looked at one by one. Nothing here joins examples with examples: among a thousand teams
 * the planner expects one of them, and compares each with each.
 */
export const readFacts = async (tx: Tx, project: Project, recipe: Recipe): Promise<DataFacts> => {
	const prompt = promptTokens(project.systemPrompt);
	const [row] = await tx.execute<Record<string, string | null>>(sql`
		with here as (
			select e.id, e.split, e.rating, e.ratings_count, e.tokens, e.prompt_hash, e.rewrite,
				md5(coalesce(e.rewrite, e.messages::text)) as target,
				e.rating >= ${project.qualityThreshold} as good, e.trained or e.reserved or coalesce(e.split = 'train', false) as learns
			from examples e where e.project_id = ${project.id} and e.deleted_at is null
		), train as (select * from here where split = 'train' and good)
		select
			count(*) filter (where good) as quality,
			(select count(*) from train) as train,
			count(*) filter (where split = 'validation') as validation,
			(select coalesce(sum(tokens), 0) from train) as tokens,
			coalesce(sum(tokens) filter (where split = 'validation'), 0) as validation_tokens,
			coalesce(max(tokens) filter (where split = 'validation' or (split = 'train' and good)), 0) as longest,
			(select coalesce(sum(measures), 0) from (
				select count(*) filter (where split = 'validation') as measures from here group by prompt_hash having bool_or(learns)
			) prompts) as leaks,
			(select count(*) - count(distinct (prompt_hash, target)) from train) as duplicates,
			(select count(*) from train t where t.ratings_count > 1 and (
				select max(latest.score) - min(latest.score) from (
					select ${counting} as score from ratings r
					where r.example_id = t.id and r.text = text_mark(t.rewrite) and r.voter = 'person'
					group by r.person_id
				) latest
			) >= ${contestedFrom}) as contested
		from here`);
	const fact = (name: string) => Number(row?.[name] ?? 0);
	const trainCount = fact('train');
	const validationCount = fact('validation');
	return {
		threshold: project.qualityThreshold,
		qualityCount: fact('quality'),
		trainCount,
		validationCount,
		tokens: fact('tokens') + prompt * trainCount,
		validationTokens: fact('validation_tokens') + prompt * validationCount,
		longestTokens: trainCount + validationCount === 0 ? 0 : fact('longest') + prompt,
		leaks: fact('leaks'),
		duplicates: fact('duplicates'),
		contested: fact('contested'),
		...(await readFlaws(tx, project)),
		lastRun: await readDifference(tx, project, recipe)
	};
};

/** Against the newest run: what would be learnt now and was not then, and what was learnt and would not be. */
const readDifference = async (tx: Tx, project: Project, recipe: Recipe): Promise<PreflightFacts['lastRun']> => {
	const last = await lastRunOf(tx, project);
	if (!last) return null;
	const isGood = sql`e.split = 'train' and e.deleted_at is null and e.rating >= ${project.qualityThreshold}`;
	const [row] = await tx.execute<Record<string, string>>(sql`
		with learnt as (
			select example_id from ${runExamples} where run_id = ${last.id} and kind = 'train'
		)
		select
			(select count(*) from ${examples} e where e.project_id = ${project.id} and ${isGood}
				and not exists (select from learnt where example_id = e.id)) as added,
			(select count(*) from learnt l join ${examples} e on e.id = l.example_id where not coalesce(${isGood}, false)) as removed`);
	const [added, removed] = [Number(row?.added ?? 0), Number(row?.removed ?? 0)];
	return differenceFrom(last, { project, method: 'sft', recipe, added, removed });
};

/** A step: how long this project's last ready runs of this method on the same model took. */
export const readPast = async (tx: Tx, project: Project, method: Method) => {
	const past = await tx
		.select({ tokens: runs.tokens, recipe: runs.recipe, from: runs.createdAt, to: runs.finishedAt })
		.from(runs)
		.where(
			and(
				eq(runs.projectId, project.id),
				eq(runs.baseModel, project.baseModel),
				eq(runs.method, method),
				eq(runs.status, 'ready')
			)
		)
		.orderBy(desc(runs.version))
		.limit(5);
	return past.flatMap(({ tokens, recipe, from, to }) =>
		to ? [{ billedTokens: tokens * recipe.epochs, minutes: (to.getTime() - from.getTime()) / 60_000 }] : []
	);
};
