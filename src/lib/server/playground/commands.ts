import { and, eq, isNull } from 'drizzle-orm';
import { KeepPair, WithdrawPair } from '../../contract/playground.ts';
import { AppError } from '../../core/errors.ts';
import { withTarget } from '../../core/examples/example.ts';
import { command } from '../access/operation.ts';
import { record } from '../events/record.ts';
import { refuseNearMeasured } from '../examples/compare.ts';
import { factsOf, refuseMeasured } from '../examples/rows.ts';
import { playgroundPairs } from '../platform/db/schema.ts';
import { projectNow } from '../project/rows.ts';

/** Postgres has no way to write U+0000 in a text, and models write anything. */
const writable = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

/** Keeps which of two answers is the better one, once for each `clientId`. Throws *conflict* for a prompt that measures. */
export const keepPair = command(KeepPair, (scope, { clientId, prompt, chosen, rejected, chosenBy, rejectedBy }) =>
	scope.tx(async (tx) => {
		if (!scope.voterId) throw new AppError('forbidden', 'Only somebody who has read both answers prefers one.');
		const { id: projectId } = await projectNow(tx, scope);
		const learnt = withTarget([...prompt, { role: 'assistant', content: '' }], chosen);
		const { promptHash } = factsOf(learnt, null);
		await refuseMeasured(tx, projectId, promptHash);
		await refuseNearMeasured(tx, projectId, learnt);
		const [kept] = await tx
			.insert(playgroundPairs)
			.values({
				projectId,
				prompt,
				promptHash,
				chosen: writable(chosen),
				rejected: writable(rejected),
				chosenBy: writable(chosenBy),
				rejectedBy: writable(rejectedBy),
				personId: scope.voterId,
				clientId
			})
			.onConflictDoNothing()
			.returning({ id: playgroundPairs.id });
		if (!kept) {
			const mine = and(eq(playgroundPairs.clientId, clientId), eq(playgroundPairs.projectId, projectId));
			const [known] = await tx.select({ id: playgroundPairs.id }).from(playgroundPairs).where(mine);
			if (!known) throw new AppError('conflict', 'This preference belongs to another project. Choose again.');
			return known;
		}
		await record(tx, scope, { event: 'pair.kept', subject: kept.id, projectId, details: {} });
		return kept;
	})
);

/** Takes a preference back. It is kept, and counts for nothing. Throws *not found*. */
export const withdrawPair = command(WithdrawPair, (scope, { pairId }) =>
	scope.tx(async (tx) => {
		const { id: projectId } = scope.project;
		const pair = and(eq(playgroundPairs.id, pairId), eq(playgroundPairs.projectId, projectId));
		const [known] = await tx.select({ id: playgroundPairs.id }).from(playgroundPairs).where(pair);
		if (!known) throw new AppError('not_found', 'There is no such preference, or it is not yours to see.');
		const changed = await tx
			.update(playgroundPairs)
			.set({ withdrawnAt: new Date() })
			.where(and(pair, isNull(playgroundPairs.withdrawnAt)))
			.returning({ id: playgroundPairs.id });
		if (changed.length > 0)
			await record(tx, scope, { event: 'pair.withdrawn', subject: pairId, projectId, details: {} });
		return null;
	})
);
