import { type SQL, and, desc, eq, sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import type { PreflightFacts } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { runExamples, runs } from '../platform/db/schema.ts';
import { type Counted, countIn, countedOf } from '../access/counted.ts';
import { counting } from '../access/own-scores.ts';
import type { Project, Tx } from '../access/scope.ts';
import { isOddRewrite } from '../examples/marks.ts';
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
type Looked = Pick<DataFacts, 'longestTokens' | 'duplicates' | 'contested' | 'flawed' | 'thoughtful' | 'weighted'> & {
	/** So many would be learnt now and were learnt by the last run. */
	both: number;
};

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
	const last = await lastRunOf(tx, project);
	const { both, ...looked } = await kept(`data ${project.qualityThreshold} ${last?.id ?? ''}`, () =>
		lookThrough(tx, project, last?.id ?? null)
	);
	const trainCount = countIn(train);
	return {
		threshold: project.qualityThreshold,
		qualityCount: countIn(counted, isGood),
		trainCount,
		validationCount: countIn(validation),
		tokens: tokensOf(train),
		validationTokens: tokensOf(validation),
		leaks: 0,
		...looked,
		longestTokens: train.length + validation.length === 0 ? 0 : looked.longestTokens + prompt,
		lastRun: last ? await readDifference(tx, project, recipe, last, { trainCount, both }) : null
	};
};

/**
 * One walk over all that has a side, whatever the size, and then a few of them by number. That no prompt is on both sides is not asked: the database
 * refuses it of every change (functions/validation-lock.sql), and the files are asked before they are sent (`prepare.ts`). Two with the same prompt can
 * only have the same answer where one was rewritten: else they would be the same conversation, which the database refuses.
 */
const lookThrough = async (tx: Tx, project: Project, lastRunId: string | null): Promise<Looked> => {
	// as they stand: see `isThere` of examples
	const walked = sql`e.project_id = ${project.id} and (e.deleted_at is null) is true and e.split is not null`;
	const trains = sql`(e.split = 'train' and e.rating >= ${project.qualityThreshold})`;
	// scores that lie so far apart have no mean near the best: whose ratings have to be read, the rating says
	const mayBeContested = sql`e.ratings_count > 1 and e.rating < 10.001 - ${contestedFrom}::float8 / nullif(e.ratings_count, 0)`;
	const numbers = (which: SQL) => sql`coalesce(array_agg(e.number) filter (where ${which}), '{}')`;
	const repeats = sql`${trains} and e.rewrite is not null`;
	// in parentheses they are a table in memory; a join, for which few are expected, would look each of them up
	const wasLearnt = sql`e.id in (select l.example_id from run_examples l where l.run_id = ${lastRunId} and l.kind = 'train')`;
	const [row] = await tx.execute<{
		longest: number;
		duplicates: number;
		both: number;
		disputable: number[];
		odd: number[];
	}>(sql`
		select
			coalesce(max(e.tokens) filter (where e.split = 'validation' or ${trains}), 0) as longest,
			(count(*) filter (where ${repeats})
				- count(distinct e.prompt_hash || sha256(convert_to(e.rewrite, 'UTF8'))) filter (where ${repeats}))::int as duplicates,
			${lastRunId === null ? sql`0` : sql`(count(*) filter (where ${trains} and ${wasLearnt}))::int`} as both,
			${numbers(sql`${trains} and ${mayBeContested}`)} as disputable,
			${numbers(sql`e.rewrite is not null and ${isOddRewrite(sql`e.rewrite`)}`)} as odd
		from examples e where ${walked}`);
	const { longest, duplicates, both, disputable, odd } = row!;
	return {
		both,
		longestTokens: longest,
		duplicates,
		contested: disputable.length > 0 ? await contestedAmong(tx, project.id, disputable) : 0,
		...(await readFlaws(tx, project, odd))
	};
};

/** A step: of how many of the examples with these numbers people have given scores that lie far apart. */
const contestedAmong = async (tx: Tx, projectId: string, numbers: readonly number[]): Promise<number> => {
	const [row] = await tx.execute<{ count: number }>(sql`
		select count(*)::int as count
		from unnest(${sql.param(numbers)}::int[]) one (number) cross join lateral (
			select x.id, x.rewrite from examples x where x.project_id = ${projectId} and x.number = one.number limit 1
		) e
		where (
			select max(latest.score) - min(latest.score) from (
				select ${counting} as score from ratings r
				where r.example_id = e.id and r.text = text_mark(e.rewrite) and r.voter = 'person'
				group by r.person_id
			) latest
		) >= ${contestedFrom}`);
	return row!.count;
};

/** Against the newest run: what would be learnt now and was not then, and what was learnt and would not be. */
const readDifference = async (
	tx: Tx,
	project: Project,
	recipe: Recipe,
	last: NonNullable<Awaited<ReturnType<typeof lastRunOf>>>,
	{ trainCount, both }: { trainCount: number; both: number }
): Promise<PreflightFacts['lastRun']> => {
	const learnt = await tx.$count(runExamples, and(eq(runExamples.runId, last.id), eq(runExamples.kind, 'train')));
	return differenceFrom(last, { project, method: 'sft', recipe, added: trainCount - both, removed: learnt - both });
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
