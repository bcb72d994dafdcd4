import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { type SplitRequest, planSplit } from '../../core/splits/plan.ts';
import { audit } from '../events/legacy.ts';
import { examples } from '../platform/db/schema.ts';
import { exampleOf } from '../examples/browse.ts';
import { type Project, projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';

const sentences: Record<string, string> = {
	AI001: 'is locked in validation: what measures must not train.',
	AI002: 'has been trained on, so it can no longer measure.',
	AI003: 'has the same prompt as one on the other side; the model would know the answer.'
};

/** The database has the last word on the lock; its refusal becomes a sentence. */
export const refusedByLock = (problem: unknown, what: string): never => {
	const code =
		(problem as { cause?: { code?: string }; code?: string }).cause?.code ?? (problem as { code?: string }).code;
	const sentence = code && sentences[code];
	if (sentence) throw new AppError('conflict', `${what} ${sentence}`);
	throw problem;
};

/** The three columns of the split page: counts, mean rating, tokens and ratings of each side. */
export const getSplit = (scope: Scope, slug: string) => {
	authorize(scope, 'splits:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const rows = await tx
			.select({
				side: sql<'unassigned' | 'train' | 'validation'>`coalesce(${examples.split}, 'unassigned')`,
				rating: sql<number | null>`floor(${examples.rating})::int`,
				count: sql<number>`count(*)::int`,
				tokens: sql<number>`sum(${examples.tokens})::float8`,
				sum: sql<number | null>`sum(${examples.rating})::float8`,
				trained: sql<number>`(count(*) filter (where ${examples.trained}))::int`,
				quality: sql<number>`(count(*) filter (where ${examples.rating} >= ${project.qualityThreshold}))::int`
			})
			.from(examples)
			.where(and(eq(examples.projectId, project.id), isNull(examples.deletedAt)))
			.groupBy(sql`1, 2`);
		return (['unassigned', 'train', 'validation'] as const).map((side) => {
			const mine = rows.filter((row) => row.side === side);
			const total = (pick: (row: (typeof rows)[number]) => number) => mine.reduce((sum, row) => sum + pick(row), 0);
			const rated = mine.filter((row) => row.rating !== null).reduce((sum, row) => sum + row.count, 0);
			const bars = Array.from({ length: 10 }, (_, i) => mine.find((row) => row.rating === i + 1)?.count ?? 0);
			return {
				side,
				count: total((row) => row.count),
				tokens: total((row) => row.tokens),
				trained: total((row) => row.trained),
				quality: total((row) => row.quality),
				averageRating: rated ? total((row) => row.sum ?? 0) / rated : null,
				bars
			};
		});
	});
};

/**
 * Examples are known to the plan by their content: the same file and seed give the same split in every project and on every
 * machine, though ids differ.
 */
const plan = async (tx: Tx, project: Project, { ratio, seed }: SplitRequest) => {
	const list = await tx
		.select({
			rowId: examples.id,
			id: sql<string>`encode(${examples.contentHash}, 'hex')`,
			// deleted, but learnt from or once a measure: it does not move, and its prompt still stands where it stood
			rating: sql<number | null>`case when ${examples.deletedAt} is null then ${examples.rating} end`,
			split: sql<'unassigned' | 'train' | 'validation'>`coalesce(${examples.split}, 'unassigned')`,
			group: sql<string>`encode(${examples.promptHash}, 'hex')`,
			trained: examples.trained
		})
		.from(examples)
		.where(
			and(
				eq(examples.projectId, project.id),
				or(isNull(examples.deletedAt), examples.trained, eq(examples.split, 'validation'))
			)
		);
	const planned = planSplit({ examples: list, ratio, seed, threshold: project.qualityThreshold });
	// what is deleted has no rating here; it may say the same as one that is there, and only that one moves
	const rowIds = new Map(list.filter(({ rating }) => rating !== null).map(({ id, rowId }) => [id, rowId]));
	return { ...planned, moves: planned.moves.map(({ id, to }) => ({ id: rowIds.get(id)!, to })) };
};

/** What an automatic split would move. Nothing moves yet. */
export const previewSplit = (scope: Scope, slug: string, request: SplitRequest) => {
	authorize(scope, 'splits:see');
	return scope.tx(async (tx) => {
		const { moves, ...summary } = await plan(tx, await projectOf(tx, slug), request);
		const toValidation = moves.filter((move) => move.to === 'validation').length;
		return { ...summary, conflicts: summary.conflicts.length, toTrain: moves.length - toValidation, toValidation };
	});
};

/** Moves what the preview showed, worked out anew under the project's lock. Twice is as good as once. */
export const applySplit = (scope: Scope, slug: string, request: SplitRequest) => {
	authorize(scope, 'splits:edit');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		const { moves } = await plan(tx, project, request);
		for (const side of ['train', 'validation'] as const) {
			const ids = moves.filter((move) => move.to === side).map((move) => move.id);
			if (ids.length === 0) continue;
			await tx
				.update(examples)
				.set({ split: side })
				// one array, not one parameter for each: a split may move a million
				.where(sql`${examples.id} = any (${sql.param(`{${ids.join(',')}}`)}::uuid[])`)
				.catch((problem) => refusedByLock(problem, 'An example'));
		}
		await audit(tx, scope, 'split.applied', project.id, { ...request, moved: moves.length });
		await announce(tx, `project:${project.id}`, project.id);
		return { moved: moves.length };
	});
};

/** Moves chosen examples to a side, or back to unassigned. The lock decides; it is all of them or none. */
export const moveExamples = (
	scope: Scope,
	slug: string,
	{ ids, side }: { ids: string[]; side: 'train' | 'validation' | 'unassigned' }
) => {
	authorize(scope, 'splits:edit');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		for (const id of ids) await exampleOf(tx, project.id, id);
		await tx
			.update(examples)
			.set({ split: side === 'unassigned' ? null : side })
			.where(and(eq(examples.projectId, project.id), inArray(examples.id, ids)))
			.catch((problem) => refusedByLock(problem, ids.length === 1 ? 'This example' : 'One of these examples'));
		await audit(tx, scope, 'split.moved', project.id, { count: ids.length, side });
		await announce(tx, `project:${project.id}`, project.id);
		return { moved: ids.length };
	});
};

export type SplitSide = Awaited<ReturnType<typeof getSplit>>[number];
