import { and, desc, eq, sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import type { PreflightFacts } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { examples, runExamples, runs } from '../platform/db/schema.ts';
import { type Counted, countIn, countedOf } from '../access/counted.ts';
import { counting } from '../access/own-scores.ts';
import type { Project, Tx } from '../access/scope.ts';
import { readFlaws } from './flaws.ts';
import type { Kept } from './kept.ts';
import { differenceFrom, lastRunOf } from './last-run.ts';

/** Latest scores this far apart are a disagreement: one band and more (Bad 1–4, Okay 5–7, Great 8–10). */
const contestedFrom = 4;

export type DataFacts = Omit<
	PreflightFacts,
	'provider' | 'recipe' | 'contextTokens' | 'keyOk' | 'keyReason' | 'model' | 'today' | 'fitted'
> & {
	validationTokens: number;
};

/** What no counter has: it needs a look at every example, which takes seconds at a million. */
type Looked = Pick<
	DataFacts,
	'longestTokens' | 'leaks' | 'duplicates' | 'contested' | 'flawed' | 'thoughtful' | 'weighted'
>;

/**
 * A step: what the data of a project says before a training with this recipe. Nothing here joins examples with examples: among a thousand
 * teams the planner expects one of them, and compares each with each. `kept`: what was seen of the same examples before may answer.
 */
export const readFacts = async (
	tx: Tx,
	project: Project,
	recipe: Recipe,
	kept: Kept = (_, look) => look()
): Promise<DataFacts> => {
	const prompt = promptTokens(project.systemPrompt);
	const counted = await countedOf(tx, project.id);
	const isGood = ({ points }: Counted) => points !== null && points >= project.qualityThreshold;
	const train = counted.filter((kind) => kind.side === 'train' && isGood(kind));
	const validation = counted.filter(({ side }) => side === 'validation');
	const tokensOf = (kinds: Counted[]) => kinds.reduce((total, { tokens, count }) => total + tokens + prompt * count, 0);
	const looked = await kept(`data ${project.qualityThreshold}`, () => lookThrough(tx, project));
	return {
		threshold: project.qualityThreshold,
		qualityCount: countIn(counted, isGood),
		trainCount: countIn(train),
		validationCount: countIn(validation),
		tokens: tokensOf(train),
		validationTokens: tokensOf(validation),
		...looked,
		longestTokens: train.length + validation.length === 0 ? 0 : looked.longestTokens + prompt,
		lastRun: await readDifference(tx, project, recipe, kept)
	};
};

/**
 * Few queries, whatever the size; only conversations with tools, weights or turns out of order are looked at one by one. Two with the same
 * prompt can only have the same answer where one was rewritten: else they would be the same conversation, which the database refuses.
 */
const lookThrough = async (tx: Tx, project: Project): Promise<Looked> => {
	const [row] = await tx.execute<Record<string, string | null>>(sql`
		with here as (
			select e.id, e.split, e.ratings_count, e.tokens, e.prompt_hash, e.rewrite,
				e.split = 'train' and e.rating >= ${project.qualityThreshold} as trains,
				e.trained or e.reserved or coalesce(e.split = 'train', false) as learns
			from examples e
			where e.project_id = ${project.id} and e.deleted_at is null and (e.split is not null or e.trained or e.reserved)
		)
		select
			coalesce(max(tokens) filter (where split = 'validation' or trains), 0) as longest,
			(select coalesce(sum(measures), 0) from (
				select count(*) filter (where split = 'validation') as measures from here group by prompt_hash having bool_or(learns)
			) prompts) as leaks,
			(select count(*) - count(distinct (prompt_hash, md5(rewrite))) from here where trains and rewrite is not null) as duplicates,
			(select count(*) from here t where trains and t.ratings_count > 1 and (
				select max(latest.score) - min(latest.score) from (
					select ${counting} as score from ratings r
					where r.example_id = t.id and r.text = text_mark(t.rewrite) and r.voter = 'person'
					group by r.person_id
				) latest
			) >= ${contestedFrom}) as contested
		from here`);
	const fact = (name: string) => Number(row?.[name] ?? 0);
	return {
		longestTokens: fact('longest'),
		leaks: fact('leaks'),
		duplicates: fact('duplicates'),
		contested: fact('contested'),
		...(await readFlaws(tx, project))
	};
};

/** Against the newest run: what would be learnt now and was not then, and what was learnt and would not be. */
const readDifference = async (
	tx: Tx,
	project: Project,
	recipe: Recipe,
	kept: Kept
): Promise<PreflightFacts['lastRun']> => {
	const last = await lastRunOf(tx, project);
	if (!last) return null;
	const isGood = sql`e.split = 'train' and e.deleted_at is null and e.rating >= ${project.qualityThreshold}`;
	const [row] = await kept(`since ${last.id} ${project.qualityThreshold}`, () =>
		tx.execute<Record<string, string>>(sql`
		with learnt as (
			select example_id from ${runExamples} where run_id = ${last.id} and kind = 'train'
		)
		select
			(select count(*) from ${examples} e where e.project_id = ${project.id} and ${isGood}
				and not exists (select from learnt where example_id = e.id)) as added,
			(select count(*) from learnt l join ${examples} e on e.id = l.example_id where not coalesce(${isGood}, false)) as removed`)
	);
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
