import { and, eq, inArray } from 'drizzle-orm';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { servings } from '../platform/db/schema.ts';
import { isOf, runById } from '../runs/rows.ts';

export type Serving = typeof servings.$inferSelect;

/** A step: the serving with this id, if there is one. `lock` makes other changes of it wait. */
export const findServing = async (tx: Tx, id: string, { lock = false } = {}): Promise<Serving | undefined> => {
	const query = tx.select().from(servings).where(eq(servings.id, id));
	return (await (lock ? query.for('update') : query))[0];
};

/** A step: the one serving of a run, or of its base, that is starting, ready or stopping. */
export const aliveServing = async (tx: Tx, runId: string, ofBase = false): Promise<Serving | undefined> => {
	const [alive] = await tx
		.select()
		.from(servings)
		.where(and(isOf(runId, ofBase), inArray(servings.status, ['starting', 'ready', 'stopping'])));
	return alive;
};

/** What events say of a serving besides its run. */
export const ofItsBase = ({ baseModel }: Serving) => (baseModel === null ? {} : { base: baseModel });

/** A step: writes columns of a serving and tells the page of its run; an end is told to everybody who pays. */
export const changeServing = async (tx: Tx, scope: Scope, serving: Serving, change: Partial<Serving>) => {
	await tx.update(servings).set(change).where(eq(servings.id, serving.id));
	const { status = null } = change;
	const about = { subject: serving.id, projectId: serving.projectId };
	if (status === 'stopped' || status === 'failed') {
		const { version } = await runById(tx, serving.runId);
		await record(tx, scope, {
			event: 'serving.ended',
			...about,
			details: { run: serving.runId, version, status, ...ofItsBase(serving) }
		});
	} else await record(tx, scope, { event: 'serving.progressed', ...about, details: { run: serving.runId, status } });
};
