import { eq, sql } from 'drizzle-orm';
import type { Scope, Tx } from '../access/scope.ts';
import { sendAsPart } from '../platform/db/in-parts.ts';
import { runs } from '../platform/db/schema.ts';
import { findRun } from './rows.ts';

/** A step: the next part of what is in an order, behind this id. Returns the last of it; null where there is no more. */
const settlePart = async (tx: Tx, runId: string, after: string | null): Promise<string | null> => {
	sendAsPart(tx.$client);
	const [row] = await tx.execute<{ last: string | null }>(sql`select settle_part(${runId}, ${after}::uuid) as last`);
	return row!.last;
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
		last = await scope.tx((tx) => settlePart(tx, runId, after));
		if (last === null) break;
	}
	const isDone = await scope.tx(async (tx) => {
		const run = await findRun(tx, runId, { lock: true });
		// it was accepted meanwhile: the first ones are something else now
		if (run && run.accepted !== seen.accepted) return false;
		await tx.update(runs).set({ settling: false }).where(eq(runs.id, runId));
		return true;
	});
	if (!isDone) await settleRun(scope, runId, signal);
};
