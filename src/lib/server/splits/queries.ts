import { and, eq, isNull, sql } from 'drizzle-orm';
import { GetSplit, PreviewSplit } from '../../contract/splits.ts';
import { planProves } from '../../core/evaluations/assurance.ts';
import { singlePlan } from '../../core/evaluations/plan.ts';
import { splits } from '../../core/splits/plan.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { query } from '../access/operation.ts';
import { examples } from '../platform/db/schema.ts';
import { planOf } from './plan.ts';

/** The three columns of the split page: counts, mean rating, ratings, and tokens as a training counts them, system prompt included. */
export const getSplit = query(GetSplit, ({ project, tx }) =>
	tx(async (tx) => {
		// of what is in train, a training takes the good ones
		const goes = sql`(${examples.split} is distinct from 'train' or coalesce(${examples.rating} >= ${project.qualityThreshold}, false))`;
		const rows = await tx
			.select({
				side: sql<'unassigned' | 'train' | 'validation'>`coalesce(${examples.split}, 'unassigned')`,
				rating: sql<number | null>`floor(${examples.rating})::int`,
				count: sql<number>`count(*)::int`,
				tokens: sql<number>`coalesce(sum(${examples.tokens}) filter (where ${goes}), 0)::float8`,
				sent: sql<number>`(count(*) filter (where ${goes}))::int`,
				sum: sql<number | null>`sum(${examples.rating})::float8`,
				trained: sql<number>`(count(*) filter (where ${examples.trained}))::int`,
				quality: sql<number>`(count(*) filter (where ${examples.rating} >= ${project.qualityThreshold}))::int`
			})
			.from(examples)
			.where(and(eq(examples.projectId, project.id), isNull(examples.deletedAt)))
			.groupBy(sql`1, 2`);
		const prompt = promptTokens(project.systemPrompt);
		return splits.map((side) => {
			const mine = rows.filter((row) => row.side === side);
			const total = (pick: (row: (typeof rows)[number]) => number) => mine.reduce((sum, row) => sum + pick(row), 0);
			const rated = mine.filter((row) => row.rating !== null).reduce((sum, row) => sum + row.count, 0);
			const bars = Array.from({ length: 10 }, (_, i) => mine.find((row) => row.rating === i + 1)?.count ?? 0);
			return {
				side,
				count: total((row) => row.count),
				tokens: total((row) => row.tokens + row.sent * prompt),
				trained: total((row) => row.trained),
				quality: total((row) => row.quality),
				averageRating: rated ? total((row) => row.sum ?? 0) / rated : null,
				bars
			};
		});
	})
);

/** What an automatic split would move. Nothing moves yet. */
export const previewSplit = query(PreviewSplit, (scope, request) =>
	scope.tx(async (tx) => {
		const { moves, ...summary } = await planOf(tx, scope.project, request);
		const toValidation = moves.filter((move) => move.to === 'validation').length;
		return {
			...summary,
			conflicts: summary.conflicts.length,
			toTrain: moves.length - toValidation,
			toValidation,
			proves: planProves(singlePlan(summary.validation))
		};
	})
);
