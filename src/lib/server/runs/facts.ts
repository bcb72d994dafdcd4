import { and, desc, eq, sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import type { PreflightFacts } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { runs } from '../platform/db/schema.ts';
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
	const isThere = sql`e.project_id = ${project.id} and e.deleted_at is null`;
	// as they stand: see `isThere` of examples
	const walked = sql`e.project_id = ${project.id} and (e.deleted_at is null) is true`;
	const trains = sql`e.split = 'train' and e.rating >= ${project.qualityThreshold}`;
	// scores that lie so far apart have no mean near the best: whose ratings have to be read, the rating says
	const mayBeContested = sql`e.ratings_count > 1 and e.rating < 10.001 - ${contestedFrom}::float8 / nullif(e.ratings_count, 0)`;
	const [row] = await tx.execute<Record<string, string | null>>(sql`
		select
			max(longest) as longest,
			sum(measures) filter (where learns) as leaks,
			string_agg(array_to_string(disputable, ','), ',') as disputable,
			(select sum(alike.n - 1) from (
				select count(*) as n from examples e where ${isThere} and ${trains} and e.rewrite is not null
				group by e.prompt_hash, md5(e.rewrite) having count(*) > 1
			) alike) as duplicates
		from (
			select
				max(e.tokens) filter (where e.split = 'validation' or (${trains})) as longest,
				count(*) filter (where e.split = 'validation') as measures,
				bool_or(e.trained or e.reserved or coalesce(e.split = 'train', false)) as learns,
				array_agg(e.number) filter (where ${trains} and ${mayBeContested}) as disputable
			from examples e where ${walked} and (e.split is not null or e.trained or e.reserved)
			group by e.prompt_hash
		) prompts`);
	const fact = (name: string) => Number(row?.[name] ?? 0);
	return {
		longestTokens: fact('longest'),
		leaks: fact('leaks'),
		duplicates: fact('duplicates'),
		contested: row?.disputable ? await contestedAmong(tx, project.id, row.disputable) : 0,
		...(await readFlaws(tx, project))
	};
};

/** How many of these examples people have given scores that lie far apart. By their numbers, with commas between. */
const contestedAmong = async (tx: Tx, projectId: string, numbers: string): Promise<number> => {
	const [row] = await tx.execute<{ count: number }>(sql`
		select count(*)::int as count
		from unnest(${`{${numbers}}`}::int[]) one (number) cross join lateral (
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
	kept: Kept
): Promise<PreflightFacts['lastRun']> => {
	const last = await lastRunOf(tx, project);
	if (!last) return null;
	// of what would be learnt now and what was learnt then, what both have is looked for once
	const [row] = await kept(`since ${last.id} ${project.qualityThreshold}`, () =>
		tx.execute<Record<string, string>>(sql`
		select now.n - both_of.n as added, learnt.n - both_of.n as removed
		from (
			select coalesce(sum(c.count), 0) as n from example_counts c
			where c.project_id = ${project.id} and c.split = 'train' and c.points >= ${project.qualityThreshold}
		) now, (
			select count(*) as n from run_examples l where l.run_id = ${last.id} and l.kind = 'train'
		) learnt, (
			select count(*) as n from run_examples l join examples e on e.id = l.example_id
			where l.run_id = ${last.id} and l.kind = 'train'
				and e.project_id = ${project.id} and e.split = 'train' and e.deleted_at is null and e.rating >= ${project.qualityThreshold}
		) both_of`)
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
