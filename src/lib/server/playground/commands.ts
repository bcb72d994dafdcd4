import { and, eq, isNull } from 'drizzle-orm';
import { KeepPair, WithdrawPair } from '../../contract/playground.ts';
import { AppError } from '../../core/errors.ts';
import { withTarget } from '../../core/examples/example.ts';
import { command } from '../access/operation.ts';
import { record } from '../events/record.ts';
import { guardOf, refusePlayground } from '../examples/guard.ts';
import { factsOf, refuseMeasured } from '../examples/rows.ts';
import { playgroundPairs } from '../platform/db/schema.ts';
import { projectNow } from '../project/rows.ts';

/** Postgres has no way to write U+0000 in a text, and models write anything. */
const writable = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

type Kept = Record<'chosen' | 'rejected' | 'chosenBy' | 'rejectedBy', string>;

/** What of a preference can be kept. Throws *invalid* where nothing is left of a text, or nothing that tells the answers apart. */
const keptOf = ({ chosen, rejected, chosenBy, rejectedBy }: Kept): Kept => {
	const kept = {
		chosen: writable(chosen),
		rejected: writable(rejected),
		chosenBy: writable(chosenBy).trim(),
		rejectedBy: writable(rejectedBy).trim()
	};
	for (const [field, text] of Object.entries(kept))
		if (text === '') throw new AppError('invalid', 'Nothing of this text can be kept', field);
	if (kept.chosen === kept.rejected) throw new AppError('invalid', 'Both answers say the same', 'rejected');
	return kept;
};

/** Keeps which of two answers is the better one, once for each `clientId`. Throws *conflict* for a prompt that measures. */
export const keepPair = command(KeepPair, async (scope, { clientId, prompt, ...pair }) => {
	const said = keptOf(pair);
	if (!scope.voterId) throw new AppError('forbidden', 'Only somebody who has read both answers prefers one.');
	const { voterId: personId } = scope;
	const learnt = withTarget([...prompt, { role: 'assistant', content: '' }], said.chosen);
	const facts = factsOf(learnt, null);
	const { promptHash } = facts;
	const twin = await (await guardOf(scope, scope.project.id))?.(learnt, facts);
	return scope.tx(async (tx) => {
		const { id: projectId } = await projectNow(tx, scope);
		await refuseMeasured(tx, projectId, promptHash);
		refusePlayground(twin);
		const [kept] = await tx
			.insert(playgroundPairs)
			.values({
				projectId,
				prompt,
				promptHash,
				...said,
				personId,
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
	});
});

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
