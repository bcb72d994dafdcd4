import { and, eq, isNull, sql } from 'drizzle-orm';
import { ApplySplit, MoveExamples } from '../../contract/splits.ts';
import { side } from '../../core/splits/deal.ts';
import { command } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { awaitCompared } from '../examples/compare.ts';
import { noExample, refusedByLock } from '../examples/rows.ts';
import { eachOf } from '../platform/db/among.ts';
import { sendAsPart, sendOverPages } from '../platform/db/in-parts.ts';
import { examples } from '../platform/db/schema.ts';
import { lockedProject, projectNow, sharedProject } from '../project/rows.ts';
import { type Plan, planOf } from './plan.ts';

/** Of a larger project nobody waits until all is worked out, or moved. */
const atOnce = 5_000;
/**
 * So many of all then move in one transaction, in some twenty milliseconds: whoever rates one of them, or imports, waits for no more. Of very many it
 * may be twice as long, since hardly anybody meets those that are just moving; each part costs a millisecond of its own.
 */
const inPart = (length: number): number => Math.min(1000, Math.max(500, Math.ceil(length / 400)));
/** Parts that are taken from the same pages in turns. A page has room to write so many of its rows in place, and again once a part is over. */
const inTurns = 10;

/** Of so many places parts move at once, beside each other: each keeps one processor of the database busy. */
const places = 2;

type Moves = { train: number[]; validation: number[] };

/** Numbers of what moves: every so manyth of it. */
const movesOf = ({ numbers, sides }: Plan, from = 0, end = numbers.length, every = 1): Moves => {
	const moves: Moves = { train: [], validation: [] };
	for (let at = from; at < end; at += every)
		moves[sides[at] === side.validation ? 'validation' : 'train'].push(numbers[at]!);
	return moves;
};

/** What moves at once: parts of what stands together, from some places. Each has every tenth of what stands there. */
const partsOf = function* (plan: Plan): Generator<Moves[]> {
	const { length } = plan.numbers;
	const size = inPart(length);
	const window = size * inTurns;
	for (let first = 0; first < length; first += window * places)
		for (let turn = 0; turn < inTurns; turn++) {
			const parts: Moves[] = [];
			for (let from = first; from < Math.min(first + window * places, length); from += window) {
				const end = Math.min(from + window, length);
				const turns = Math.ceil((end - from) / size);
				if (turn < turns) parts.push(movesOf(plan, from + turn, end, turns));
			}
			if (parts.length > 0) yield parts;
		}
};

/** As the database reads it: written at once, where the driver would write one after the other. */
const listed = (numbers: number[]): string => `{${numbers.join()}}`;

/** A step: moves those of them that have no place yet, in one statement, since what a change has to ask is asked once for each. Returns how many. */
const moveTo = async (tx: Tx, projectId: string, { train, validation }: Moves): Promise<number> => {
	if (train.length + validation.length === 0) return 0;
	// a list in parentheses is looked up in a table; `= any` of a list goes along it for each
	const measures = sql`${examples.number} in (select unnest(${listed(validation)}::int[]))`;
	const { count } = await tx
		.execute(
			sql`update ${examples} set split = case when ${measures} then 'validation' else 'train' end
				where ${and(eq(examples.projectId, projectId), sql`${examples.number} = any (${listed([...train, ...validation])}::int[])`, isNull(examples.split), isNull(examples.deletedAt))}`
		)
		.catch((problem) => refusedByLock(problem, 'An example'));
	return count;
};

/** A step, the last of its transaction. What a crash takes along has not moved, and moves with the next split. */
const movePart = async (tx: Tx, projectId: string, part: Moves): Promise<number> => {
	sendAsPart(tx.$client);
	sendOverPages(tx.$client);
	const moving = moveTo(tx, projectId, part);
	tx.last();
	return moving;
};

/** Whoever waits for the project has it before the next parts: they would share it with those of another split, and so for as long as both go on. */
const waitInLine = (scope: ProjectScope): Promise<unknown> =>
	scope.tx((tx) => {
		sendAsPart(tx.$client);
		const locked = lockedProject(tx, scope);
		tx.last();
		return locked;
	});

/**
 * Moves what the preview showed, worked out anew under the project's lock. In a large project it is worked out beside the others and moves in parts:
 * what was given a place meanwhile keeps it, and what was moved when something goes wrong has moved. Twice is as good as once.
 */
export const applySplit = command(ApplySplit, async (scope, { ratio, seed }) => {
	await awaitCompared(scope);
	const tell = (tx: Tx, moved: number) => {
		const { id } = scope.project;
		return record(tx, scope, { event: 'split.applied', subject: id, projectId: id, details: { ratio, seed, moved } });
	};
	const { nextExample } = await scope.tx((tx) => projectNow(tx, scope));
	if (nextExample <= atOnce)
		return scope.tx(async (tx) => {
			const plan = await planOf(tx, await lockedProject(tx, scope), { ratio, seed });
			const moved = await moveTo(tx, scope.project.id, movesOf(plan));
			await tell(tx, moved);
			return { moved };
		});
	const plan = await scope.tx(async (tx) => planOf(tx, await projectNow(tx, scope), { ratio, seed }));
	let moved = 0;
	try {
		for (const parts of partsOf(plan)) {
			await waitInLine(scope);
			const moving = parts.map((part) =>
				scope.tx(async (tx) => {
					await sharedProject(tx, scope);
					return movePart(tx, scope.project.id, part);
				})
			);
			// each comes to its end, and all before the next
			for (const part of await Promise.allSettled(moving)) if (part.status === 'fulfilled') moved += part.value;
			await Promise.all(moving);
		}
	} finally {
		await scope.tx((tx) => tell(tx, moved));
	}
	return { moved };
});

/** Moves chosen examples to a side, or back to unassigned. The lock decides; it is all of them or none. */
export const moveExamples = command(MoveExamples, async (scope, { ids, side: to }) => {
	if (to !== 'unassigned') await awaitCompared(scope);
	return scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		const { length: moved } = await tx
			.update(examples)
			.set({ split: to === 'unassigned' ? null : to })
			.where(and(eq(examples.projectId, projectId), eachOf(examples.id, ids), isNull(examples.deletedAt)))
			.returning({ id: examples.id })
			.catch((problem) => refusedByLock(problem, ids.length === 1 ? 'This example' : 'One of these examples'));
		if (moved < new Set(ids.map((id) => id.toLowerCase())).size) throw noExample();
		const details = { count: moved, side: to };
		await record(tx, scope, {
			event: 'split.moved',
			subject: projectId,
			projectId,
			details
		});
		return { moved };
	});
});
