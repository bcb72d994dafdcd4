import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { SplitRequest } from '../../contract/splits.ts';
import { dealing, side } from '../../core/splits/deal.ts';
import { numberingGroups } from '../../core/splits/groups.ts';
import { type SplitPlan, placeOf, stratumOf, summing } from '../../core/splits/plan.ts';
import { isRest } from '../../core/steps.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { saidBytes } from '../examples/rows.ts';
import { besideOthers, inSteps } from '../platform/beside.ts';
import { examples, playgroundPairs } from '../platform/db/schema.ts';

const rowsAtOnce = 10_000;

/** Of a million examples, in megabytes: bytes behind each other instead of an object for each. */
type Page = { count: number; numbers: Buffer; said: Buffer; groups: Buffer; ratings: Buffer; states: Buffer };

/** What the plan knows of examples from a number on, a column each, by number. */
const readPage = async (tx: Tx, projectId: string, after: number): Promise<Page> => {
	const ordered = tx
		.select({ hash: playgroundPairs.promptHash })
		.from(playgroundPairs)
		.where(and(eq(playgroundPairs.projectId, projectId), playgroundPairs.ordered));
	const rows = tx
		.select({
			number: examples.number,
			said: sql`${examples.contentHash}`.as('said'),
			// what nearly asks the same goes to one side together
			grouped: sql`coalesce(${examples.family}, ${examples.promptHash})`.as('grouped'),
			// deleted, but learnt from or once a measure: it does not move, and its prompt still stands where it stood
			rated: sql`case when ${examples.deletedAt} is null then ${examples.rating} end`.as('rated'),
			place:
				sql`case ${examples.split} when 'train' then ${side.train}::int when 'validation' then ${side.validation}::int else ${side.none}::int end`.as(
					'place'
				),
			// what a run was sent as a preference holds its prompt as well
			learnt: sql`${examples.trained} or ${examples.reserved} or ${examples.promptHash} in (${ordered})`.as('learnt')
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
		.limit(rowsAtOnce)
		.as('rows');
	const inBytes = (hash: string) =>
		sql`string_agg(substring(${sql.identifier(hash)} || decode(repeat('00', ${saidBytes}), 'hex') for ${saidBytes}), '')`;
	const [page] = await tx.execute<Page>(sql`
		select count(*)::int as count, string_agg(int4send(number), '') as numbers, ${inBytes('said')} as said, ${inBytes('grouped')} as groups,
			string_agg(float4send(coalesce(rated, 0)), '') as ratings, string_agg(int2send((place * 2 + learnt::int)::smallint), '') as states
		from ${rows}`);
	return page!;
};

export type Plan = Omit<SplitPlan, 'moved'> & {
	/** What moves, by number, and where to. */
	numbers: Int32Array;
	sides: Uint8Array;
	/** Left alone: their prompt is both trained on and in validation, so either side would leak. */
	conflicts: number;
};

/**
 * A step: what an automatic split would move, read a page after the other, while others are served. Examples are known to the plan by their content:
 * the same file and seed give the same split in every project and on every machine, though ids differ.
 */
export const planOf = async (
	tx: Tx,
	{ id: projectId, qualityThreshold: threshold }: Pick<ProjectScope['project'], 'id' | 'qualityThreshold'>,
	{ ratio, seed }: SplitRequest
): Promise<Plan> => {
	const rest = besideOthers();
	const pages: Page[] = [];
	const [places, strata, sides, trained]: number[][] = [[], [], [], []];
	for (let reading: Promise<Page> | undefined = readPage(tx, projectId, 0); reading;) {
		const page: Page = await reading;
		if (page.count === 0) break;
		// the next is read while this one is gone through
		reading =
			page.count < rowsAtOnce ? undefined : readPage(tx, projectId, page.numbers.readInt32BE((page.count - 1) * 4));
		reading?.catch(() => {}); // awaited with the next
		pages.push(page);
		for (let at = 0; at < page.count; at++) {
			if (isRest(at)) await rest();
			places!.push(placeOf(page.said.toString('hex', at * saidBytes, (at + 1) * saidBytes), seed));
			strata!.push(stratumOf(page.ratings.readFloatBE(at * 4) || null, threshold));
			const state = page.states.readInt16BE(at * 2);
			sides!.push(state >> 1);
			trained!.push(state & 1);
		}
		await rest();
	}
	const keys = Buffer.concat(pages.map(({ groups }) => groups));
	const dealt = {
		groups: await inSteps(numberingGroups(new Uint32Array(keys.buffer, keys.byteOffset, keys.length / 4)), rest),
		...{ places: places!, strata: strata!, sides: sides!, trained: trained! }
	};
	const saidAt = (at: number) =>
		pages[Math.floor(at / rowsAtOnce)]!.said.subarray(
			(at % rowsAtOnce) * saidBytes,
			((at % rowsAtOnce) + 1) * saidBytes
		);
	const isBefore = (one: number, two: number) => Buffer.compare(saidAt(one), saidAt(two)) < 0;
	const decided = await inSteps(dealing(dealt, 1 - ratio, isBefore), rest);
	const { moved, ...summary } = await inSteps(summing(dealt, decided), rest);
	const plan = { ...summary, numbers: new Int32Array(moved), sides: new Uint8Array(moved), conflicts: 0 };
	for (let at = 0, next = 0; at < decided.to.length; at++) {
		if (isRest(at)) await rest();
		const to = decided.to[at]!;
		if (to === side.conflict) plan.conflicts++;
		if (to === side.conflict || to === side.none) continue;
		plan.numbers[next] = pages[Math.floor(at / rowsAtOnce)]!.numbers.readInt32BE((at % rowsAtOnce) * 4);
		plan.sides[next++] = to;
	}
	return plan;
};
