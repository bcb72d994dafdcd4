import { type SQLWrapper, and, eq, sql } from 'drizzle-orm';
import { exampleCounts } from '../platform/db/schema.ts';
import { seesScores } from './own-scores.ts';
import type { Scope, Tx } from './scope.ts';

// The numbers that a page may ask for. Triggers keep them (drizzle/functions/totals.sql): no page counts rows, which at a million
// examples takes half a second. Who may not see others' scores is told how many examples there are, and of their own scores.

/** Some examples of one kind, as they are counted. */
export type Counted = {
	projectId: string;
	side: 'unassigned' | 'train' | 'validation';
	/** Whole points of the rating: 7.9 does not reach 8. null is unrated. */
	points: number | null;
	rewritten: boolean;
	trained: boolean;
	count: number;
	tokens: number;
	/** What the ratings add up to. */
	ratings: number;
};

const sum = (column: SQLWrapper) => sql<number>`sum(${column})::float8`;

/**
 * A step: the examples of a project, or of all they see, by kind. For who may see others' scores; anybody else's is empty, as the policies
 * have it.
 */
export const countedOf = async (tx: Tx, projectId?: string): Promise<Counted[]> => {
	const { split, rewritten, trained, points } = exampleCounts;
	return tx
		.select({
			projectId: exampleCounts.projectId,
			side: sql<Counted['side']>`coalesce(nullif(${split}, ''), 'unassigned')`,
			points: sql<number | null>`nullif(${points}, 0)`,
			rewritten,
			trained,
			count: sum(exampleCounts.count),
			tokens: sum(exampleCounts.tokens),
			ratings: sum(exampleCounts.ratings)
		})
		.from(exampleCounts)
		.where(projectId === undefined ? undefined : eq(exampleCounts.projectId, projectId))
		.groupBy(exampleCounts.projectId, split, points, rewritten, trained)
		.having(sql`sum(${exampleCounts.count}) <> 0`);
};

/** How many examples of some kind are among these. */
export const countIn = (counted: Counted[], isOne: (kind: Counted) => boolean = () => true): number =>
	counted.reduce((total, kind) => (isOne(kind) ? total + kind.count : total), 0);

/** Since when this database is what it is: a backup that is brought back counts on from where it was, over other examples. */
const incarnation = sql<string>`pg_postmaster_start_time() || ' ' || 'public.example_counts'::regclass::oid`;

/**
 * A step: what a project's examples are at, or those of a side; as long as it is the same, none has changed. For who may see others'
 * scores.
 */
export const stampOf = async (tx: Tx, projectId: string, side?: 'train' | 'validation'): Promise<string> => {
	const isOfSide = side && eq(exampleCounts.split, side);
	const [row] = await tx
		.select({ changes: sum(exampleCounts.changes), incarnation })
		.from(exampleCounts)
		.where(and(eq(exampleCounts.projectId, projectId), isOfSide));
	return `${row!.changes} ${row!.incarnation}`;
};

export type OwnCounted = {
	projectId: string;
	/** All that are there, rated or not. */
	total: number;
	/** Of the acting voter's scores, how many are 1, 2 … 10. */
	scores: number[];
};

/** A step: how many examples a project has, or each they see, and how many of them the acting voter has given which score. */
export const ownCountedOf = async (tx: Tx, projectId?: string): Promise<OwnCounted[]> => {
	const only = projectId === undefined ? sql`` : sql`where there.project_id = ${projectId}`;
	const rows = await tx.execute<{ projectId: string; total: number; score: number | null; count: number | null }>(sql`
		select there.project_id as "projectId", there.count::float8 as total, given.score, given.count::float8 as count
		from examples_there() there left join own_scores_given() given using (project_id) ${only}`);
	const found = new Map<string, OwnCounted>();
	for (const { projectId, total, score, count } of rows) {
		const one = found.get(projectId) ?? { projectId, total, scores: Array.from({ length: 10 }, () => 0) };
		found.set(projectId, one);
		if (score !== null) one.scores[score - 1] = count!;
	}
	return [...found.values()];
};

/** How many of the acting voter's scores are at least this. */
export const ownFrom = ({ scores }: OwnCounted, least: number): number =>
	scores.slice(least - 1).reduce((total, count) => total + count, 0);

const nothing = (projectId: string): OwnCounted => ({
	projectId,
	total: 0,
	scores: Array.from({ length: 10 }, () => 0)
});

/** A step: the same of one project, which may have no example yet. */
export const ownCountedIn = async (tx: Tx, projectId: string): Promise<OwnCounted> =>
	(await ownCountedOf(tx, projectId))[0] ?? nothing(projectId);

/** A step: examples that wait for a rating: that nobody has rated, or, for who may not see others' scores, that they have not. */
export const unratedIn = async (tx: Tx, scope: Scope, projectId: string): Promise<number> => {
	if (!seesScores(scope)) {
		const own = await ownCountedIn(tx, projectId);
		return own.total - ownFrom(own, 1);
	}
	const [row] = await tx
		.select({ count: sum(exampleCounts.count) })
		.from(exampleCounts)
		.where(and(eq(exampleCounts.projectId, projectId), eq(exampleCounts.points, 0)));
	return row?.count ?? 0;
};
