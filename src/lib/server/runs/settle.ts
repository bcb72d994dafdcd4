import { eq, sql } from 'drizzle-orm';
import type { Scope, Tx } from '../access/scope.ts';
import { sendAsPart } from '../platform/db/in-parts.ts';
import { examples, runExamples, runs } from '../platform/db/schema.ts';
import { findRun } from './rows.ts';

/** A step: the next part of what is in an order, behind this id. Returns the last of it; null where there is no more. */
const settlePart = async (tx: Tx, runId: string, after: string | null): Promise<string | null> => {
	sendAsPart(tx.$client);
	const [row] = await tx.execute<{ last: string | null }>(sql`select settle_part(${runId}, ${after}::uuid) as last`);
	return row!.last;
};

/**
 * A step: whether it is still settled up to this id, or to the end. The parts wait for no disk, and a database that fell over has forgotten the newest
 * of them: where the last is there, all are.
 */
const isSettled = async (tx: Tx, runId: string, upTo: string | null): Promise<boolean> => {
	const [row] = await tx.execute<{ settled: boolean }>(sql`
		select case when r.accepted then e.trained else not e.reserved or r.status not in ('failed', 'cancelled') or exists (
			select from ${runExamples} o join ${runs} other on other.id = o.run_id
			where o.example_id = e.id and o.kind = 'train' and o.run_id <> r.id
				and not other.accepted and other.status not in ('failed', 'cancelled')
		) end as settled
		from ${runs} r cross join lateral (
			select m.example_id from ${runExamples} m
			where m.run_id = r.id and m.kind = 'train' and (${upTo}::uuid is null or m.example_id <= ${upTo}::uuid)
			order by m.example_id desc limit 1
		) latest join ${examples} e on e.id = latest.example_id
		where r.id = ${runId}`);
	return row?.settled ?? true;
};

/**
 * Marks what a run has learnt, or frees what it will not learn, in parts of one short transaction each: the database does so with the first of them
 * when the answer comes. Until it is their turn the others stay on their side. Safe to run again, and twice at once.
 */
export const settleRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	const seen = await scope.look((tx) => findRun(tx, runId));
	if (!seen?.settling) return;
	for (let last: string | null = null; ;) {
		signal.throwIfAborted();
		const after: string | null = last;
		last = await scope.tx(async (tx) =>
			settlePart(tx, runId, after === null || (await isSettled(tx, runId, after)) ? after : null)
		);
		if (last === null) break;
	}
	const isDone = await scope.tx(async (tx) => {
		const run = await findRun(tx, runId, { lock: true });
		// it was accepted meanwhile: the first ones are something else now
		if (run && (run.accepted !== seen.accepted || !(await isSettled(tx, runId, null)))) return false;
		await tx.update(runs).set({ settling: false }).where(eq(runs.id, runId));
		return true;
	});
	if (!isDone) await settleRun(scope, runId, signal);
};
