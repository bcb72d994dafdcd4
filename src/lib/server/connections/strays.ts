import { eq, inArray } from 'drizzle-orm';
import type { ShownStray } from '../../contract/connections.ts';
import type { Stray } from '../../core/servings/serving.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { connections, servings } from '../platform/db/schema.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { accessOf, connectionOf } from './rows.ts';

/** Of these the provider is asked again by the job that follows a serving. */
const alive = ['starting', 'ready', 'stopping'] as const;

/** A stray as people may see it. */
export const shownStray = ({ mark, deployment, createdAt, seenAt }: Stray): ShownStray => ({
	mark,
	callAs: deployment.callAs,
	createdAt: createdAt === null ? null : new Date(createdAt),
	seenAt: new Date(seenAt)
});

/** A step: which of these marks a serving of the team is about. */
const knownOf = async (tx: Tx, marks: string[]): Promise<Set<string>> => {
	if (marks.length === 0) return new Set();
	const rows = await tx
		.select({ mark: servings.mark, status: servings.status })
		.from(servings)
		.where(inArray(servings.mark, marks));
	return new Set(rows.filter(({ status }) => alive.some((each) => each === status)).map(({ mark }) => mark));
};

/**
 * What runs at a provider and is nobody's here. The provider is asked first: what it names had its row before it existed, so that a
 * start that happens meanwhile is no stray.
 */
const straysAt = async (scope: Scope, access: Access, before: readonly Stray[]): Promise<Stray[]> => {
	const running = (await providers[access.provider].deployed(access)).filter(({ isStopped }) => !isStopped);
	const known = await scope.tx((tx) =>
		knownOf(
			tx,
			running.map(({ mark }) => mark)
		)
	);
	const now = new Date().toISOString();
	return running
		.filter(({ mark }) => !known.has(mark))
		.map(({ mark, deployment, createdAt }) => ({
			mark,
			deployment,
			createdAt: createdAt?.toISOString() ?? null,
			seenAt: before.find((each) => each.deployment.deploymentId === deployment.deploymentId)?.seenAt ?? now
		}));
};

/** Stops one and writes down that it did. Who looks again finds what has not gone yet. */
export const stopOne = async (
	scope: Scope,
	access: Access,
	{ id, name }: { id: string; name: string },
	{ mark, deployment }: Stray
): Promise<void> => {
	await providers[access.provider].stop(access, deployment);
	await scope.tx((tx) =>
		record(tx, scope, { event: 'connection.stray_stopped', subject: id, details: { name, mark } })
	);
};

/** Looks once, keeps what was found, and stops it where the connection says so. Throws the provider's failure. */
export const lookAt = async (scope: Scope, connectionId: string, signal?: AbortSignal): Promise<Stray[]> => {
	const row = await scope.tx((tx) => connectionOf(tx, connectionId));
	const access = { ...accessOf(row), ...(signal && { signal }) };
	const found = await straysAt(scope, access, row.strays);
	const isNew = ({ deployment }: Stray) =>
		row.strays.every((each) => each.deployment.deploymentId !== deployment.deploymentId);
	const count = found.filter(isNew).length;
	await scope.tx(async (tx) => {
		await tx.update(connections).set({ strays: found, straysAt: new Date() }).where(eq(connections.id, row.id));
		if (count > 0)
			await record(tx, scope, {
				event: 'connection.strays_found',
				subject: row.id,
				details: { name: row.name, count }
			});
	});
	if (row.stopsStrays) for (const stray of found) await stopOne(scope, access, row, stray);
	return found;
};
