import { type SQL, and, eq, gte, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm';
import type { ExampleCounts } from '../../contract/examples.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';
import { bands, sides } from './conditions.ts';

type Asking = Pick<ProjectScope, 'project'>;

const present = ({ project }: Asking) => and(eq(examples.projectId, project.id), isNull(examples.deletedAt));
const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;

/** A step: the counts for the facets and badges of one project. */
export const countsOf = async (tx: Tx, scope: Asking): Promise<ExampleCounts> => {
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

/** A step: how many examples have each rating from 1 to 10; a mean of 7.9 counts as 7, since it does not reach 8. */
export const histogramOf = async (tx: Tx, scope: Asking): Promise<number[]> => {
	const rows = await tx
		.select({ rating: sql<number>`floor(${examples.rating})::int`, count: sql<number>`count(*)::int` })
		.from(examples)
		.where(and(present(scope), lte(examples.rating, 10)))
		.groupBy(sql`1`);
	const bars = Array.from({ length: 10 }, () => 0);
	for (const { rating, count } of rows) bars[rating - 1] = count;
	return bars;
};
