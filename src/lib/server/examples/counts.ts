import { type SQL, and, eq, gte, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm';
import type { ExampleCounts } from '../../contract/examples.ts';
import { mine, seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';
import { bands, sides } from './conditions.ts';

type Asking = Pick<ProjectScope, 'project' | 'role'>;

const present = ({ project }: Asking) => and(eq(examples.projectId, project.id), isNull(examples.deletedAt));
const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;

/** By the person's own scores; where an example stands in the split would tell what others gave. */
const ownCountsOf = async (tx: Tx, scope: Asking): Promise<ExampleCounts> => {
	const { id, qualityThreshold } = scope.project;
	const total = await tx.$count(examples, present(scope));
	const [row] = await tx.execute<Record<'rated' | 'bad' | 'okay' | 'great' | 'quality', number>>(sql`
		select count(*)::int as rated,
			(count(*) filter (where mine.score < 5))::int as bad,
			(count(*) filter (where mine.score >= 5 and mine.score < 8))::int as okay,
			(count(*) filter (where mine.score >= 8))::int as great,
			(count(*) filter (where mine.score >= ${qualityThreshold}))::int as quality
		from ${mine(id)}`);
	const { rated, ...bands } = row!;
	const side = { train: 0, validation: 0, unassigned: 0 };
	return { total, unrated: total - rated, ...bands, below: rated - bands.quality, ...side };
};

/** A step: the counts for the facets and badges of one project. Who may not see others' scores gets those of their own. */
export const countsOf = async (tx: Tx, scope: Asking): Promise<ExampleCounts> => {
	if (!seesScores(scope)) return ownCountsOf(tx, scope);
	const { qualityThreshold } = scope.project;
	const [counts] = await tx
		.select({
			total: sql<number>`count(*)::int`,
			unrated: count(bands.unrated),
			bad: count(bands.bad),
			okay: count(bands.okay),
			great: count(bands.great),
			quality: count(gte(examples.rating, qualityThreshold)),
			below: count(and(isNotNull(examples.rating), lt(examples.rating, qualityThreshold))!),
			train: count(sides.train),
			validation: count(sides.validation),
			unassigned: count(sides.none)
		})
		.from(examples)
		.where(present(scope));
	return counts!;
};

const ratingCounts = (tx: Tx, scope: Asking): Promise<{ rating: number; count: number }[]> =>
	seesScores(scope)
		? tx
				.select({ rating: sql<number>`floor(${examples.rating})::int`, count: sql<number>`count(*)::int` })
				.from(examples)
				.where(and(present(scope), lte(examples.rating, 10)))
				.groupBy(sql`1`)
		: tx.execute(
				sql`select mine.score::int as rating, count(*)::int as count from ${mine(scope.project.id)} group by mine.score`
			);

/**
 * A step: how many examples have each rating from 1 to 10; a mean of 7.9 counts as 7, since it does not reach 8. Who may not see
 * others' scores gets those of their own.
 */
export const histogramOf = async (tx: Tx, scope: Asking): Promise<number[]> => {
	const rows = await ratingCounts(tx, scope);
	const bars = Array.from({ length: 10 }, () => 0);
	for (const { rating, count } of rows) bars[rating - 1] = count;
	return bars;
};
