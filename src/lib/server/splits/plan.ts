import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { SplitRequest } from '../../contract/splits.ts';
import { type SplitMove, type Splittable, planningSplit } from '../../core/splits/plan.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { saidBytes } from '../examples/rows.ts';
import { besideOthers, inSteps } from '../platform/beside.ts';
import { examples, playgroundPairs } from '../platform/db/schema.ts';

const rowsAtOnce = 10_000;

/** Examples as the plan knows them, from a number on. */
const splittable = (tx: Tx, projectId: string, after: number) => {
	const ordered = tx
		.select({ hash: playgroundPairs.promptHash })
		.from(playgroundPairs)
		.where(and(eq(playgroundPairs.projectId, projectId), playgroundPairs.ordered));
	return tx
		.select({
			rowId: examples.id,
			number: examples.number,
			id: sql<string>`encode(substring(${examples.contentHash} for ${saidBytes}), 'hex')`,
			// deleted, but learnt from or once a measure: it does not move, and its prompt still stands where it stood
			rating: sql<number | null>`case when ${examples.deletedAt} is null then ${examples.rating} end`,
			split: sql<'unassigned' | 'train' | 'validation'>`coalesce(${examples.split}, 'unassigned')`,
			// what nearly asks the same goes to one side together
			group: sql<string>`encode(coalesce(${examples.family}, ${examples.promptHash}), 'hex')`,
			// what a run was sent as a preference holds its prompt as well
			trained: sql<boolean>`${examples.trained} or ${examples.reserved} or ${examples.promptHash} in (${ordered})`
		})
		.from(examples)
		.where(
			and(
				eq(examples.projectId, projectId),
				gt(examples.number, after),
				or(isNull(examples.deletedAt), examples.trained, examples.reserved, eq(examples.split, 'validation'))
			)
		)
		.orderBy(asc(examples.number))
		.limit(rowsAtOnce);
};

/**
 * A step: the moves of an automatic split, a page after the other, while others are served. Examples are known to the plan by their content: the
 * same file and seed give the same split in every project and on every machine, though ids differ.
 */
export const planOf = async (
	tx: Tx,
	{ id: projectId, qualityThreshold: threshold }: Pick<ProjectScope['project'], 'id' | 'qualityThreshold'>,
	{ ratio, seed }: SplitRequest
) => {
	const rest = besideOthers();
	const list: Awaited<ReturnType<typeof splittable>> = [];
	for (let after = 0; ; after = list.at(-1)!.number) {
		const rows = await splittable(tx, projectId, after);
		for (const row of rows) list.push(row);
		if (rows.length < rowsAtOnce) break;
		await rest();
	}
	const planned = await inSteps(planningSplit({ examples: list, ratio, seed, threshold }), rest);
	return { ...planned, moves: inRows(list, planned.moves) };
};

/**
 * By number. Several examples may say the same: one is deleted, has no rating here and stays, others differ in case alone, and all of
 * them go to one side.
 */
const inRows = (list: (Splittable & { rowId: string })[], moves: readonly SplitMove[]): SplitMove[] => {
	const sides = new Map(moves.map(({ id, to }) => [id, to]));
	return list.flatMap(({ id, rowId, rating, split }) => {
		const to = rating === null || split !== 'unassigned' ? undefined : sides.get(id);
		return to ? [{ id: rowId, to }] : [];
	});
};
