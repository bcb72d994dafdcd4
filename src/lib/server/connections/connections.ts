// Long because a connection is one thing: its key is sealed, opened, replaced and erased in this file and nowhere else.
import { randomUUID } from 'node:crypto';
import { count, eq, getTableColumns, sql } from 'drizzle-orm';
import { type NewConnection, keyHint } from '../../core/connections/connection.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { config } from '../platform/config.ts';
import { open, seal } from '../platform/crypto.ts';
import { connections, projects } from '../platform/db/schema.ts';
import { providers } from '../providers/registry.ts';
import type { Access, ConnectionCheck } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import { assertPublicUrl } from '../providers/safe-fetch.ts';
import type { Scope, Tx } from '../access/scope.ts';

type Row = typeof connections.$inferSelect;
type Place = Pick<Row, 'teamId' | 'id'>;

/** A connection as people may see it: never the key, sealed or not. */
export type ListedConnection = Omit<Row, 'sealedKey' | 'teamId'> & { projects: number };

const { sealedKey: _key, teamId: _team, ...shown } = getTableColumns(connections);

const bound = ({ teamId, id }: Place) => `${teamId}|connection|${id}`;

const sealedFor = (place: Place, key: string) =>
	key === ''
		? { sealedKey: null, keyHint: null }
		: { sealedKey: seal(config().keks, key, bound(place)), keyHint: keyHint(key) || null };

/**
 * The sandbox stands on this machine, where no address of a person's own may lead, and knows its customers by their key:
 * without one of their own, a team has the one that is made of its id.
 */
const accessTo = (to: Pick<Row, 'provider' | 'baseUrl' | 'teamId'>, key: string): Access => {
	if (to.provider !== 'sandbox') return { provider: to.provider, key, ...(to.baseUrl && { baseUrl: to.baseUrl }) };
	const baseUrl = to.baseUrl ?? config().sandboxUrl;
	if (!baseUrl) throw new AppError('conflict', 'This server has no sandbox. Choose another connection.');
	return { provider: 'sandbox', key: key || `sandbox-${to.teamId}`, baseUrl };
};

/** A step: the connection with this id. Throws *not found*. */
const connectionOf = async (tx: Tx, id: string): Promise<Row> => {
	const [row] = await tx.select().from(connections).where(eq(connections.id, id));
	if (!row) throw new AppError('not_found', 'There is no such connection.');
	return row;
};

const accessOf = (row: Row) => accessTo(row, row.sealedKey ? open(config().keks, row.sealedKey, bound(row)) : '');

/** A step: what a provider call needs, with the key in the clear. Keep it inside the call: never store, log or return it. */
export const openAccess = async (tx: Tx, connectionId: string): Promise<Access> =>
	accessOf(await connectionOf(tx, connectionId));

type Answer = {
	check: ConnectionCheck;
	/** false: the provider was down, which says nothing about the key. */ sure: boolean;
};

const ask = async (access: Access): Promise<Answer> => {
	try {
		return { check: await providers[access.provider].check(access), sure: true };
	} catch (problem) {
		// an address that may not be called is refused by the call itself
		if (!(problem instanceof ProviderError || problem instanceof AppError)) throw problem;
		return {
			check: { ok: false, reason: problem.message },
			sure: !(problem instanceof ProviderError && problem.retry)
		};
	}
};

const told = ({ check, sure }: Answer) => ({
	checkedAt: sql`now()`,
	...(check.ok
		? { status: 'ok' as const, training: check.training, problem: check.note ?? null }
		: { ...(sure && { status: 'refused' as const }), problem: check.reason })
});

/** The providers a connection can be made to. The sandbox is only there where one runs. */
export const listProviders = () =>
	Object.values(providers)
		.filter(({ id }) => id !== 'sandbox' || config().sandboxUrl)
		.map(({ id, name, note }) => ({ id, name, note: note ?? null }));

/** The team's connections in the order they were made, with the number of projects on each. */
export const listConnections = async (scope: Scope): Promise<ListedConnection[]> => {
	authorize(scope, 'connections:see');
	return scope.tx((tx) =>
		tx
			.select({ ...shown, projects: count(projects.id) })
			.from(connections)
			.leftJoin(projects, eq(projects.connectionId, connections.id))
			.groupBy(connections.teamId, connections.id)
			.orderBy(connections.createdAt, connections.id)
	);
};

/** Only a server of one's own has an address; what is sent for the others is not used. */
const addressOf = ({ provider, baseUrl }: NewConnection) => (provider === 'openai-compatible' ? baseUrl : null);

/** What a call needs for a connection that is only being typed. Throws *invalid* under `baseUrl` for a place we may not call. */
export const accessToNew = async (scope: Scope, input: NewConnection): Promise<Access> => {
	authorize(scope, 'connections:edit');
	const baseUrl = addressOf(input);
	if (baseUrl) await assertPublicUrl(baseUrl, { allowLocal: config().allowLocalProviders });
	return accessTo({ provider: input.provider, baseUrl, teamId: scope.teamId }, input.key);
};

/** Tries a key before it is kept. */
export const testNewConnection = async (scope: Scope, input: NewConnection): Promise<ConnectionCheck> =>
	(await ask(await accessToNew(scope, input))).check;

const nameOf = ({ provider, name, baseUrl }: NewConnection) =>
	name || (provider === 'openai-compatible' ? new URL(baseUrl).host : providers[provider].name);

/** Keeps a connection, with what its provider says of it now. A refused key is kept too: the page says why, and it can be replaced. */
export const createConnection = async (
	scope: Scope,
	input: NewConnection
): Promise<{ id: string; check: ConnectionCheck }> => {
	authorize(scope, 'connections:edit');
	const place = { teamId: scope.teamId, id: randomUUID() };
	const baseUrl = addressOf(input);
	const answer = await ask(await accessToNew(scope, input));
	await scope.tx(async (tx) => {
		const { provider } = input;
		await tx.insert(connections).values({
			id: place.id,
			provider,
			name: nameOf(input),
			baseUrl,
			...sealedFor(place, input.key),
			...told(answer)
		});
		await audit(tx, scope, 'connection.created', place.id, { provider, name: nameOf(input), baseUrl });
	});
	return { id: place.id, check: answer.check };
};

/** Asks the provider again and keeps the answer. */
export const testConnection = async (scope: Scope, id: string): Promise<ConnectionCheck> => {
	authorize(scope, 'connections:edit');
	const answer = await ask(await scope.tx((tx) => openAccess(tx, id)));
	await scope.tx((tx) => tx.update(connections).set(told(answer)).where(eq(connections.id, id)));
	return answer.check;
};

/** Puts a new key in the place of the old one, which is gone after this. Takes effect with the next call. */
export const replaceKey = async (scope: Scope, id: string, { key }: { key: string }): Promise<ConnectionCheck> => {
	authorize(scope, 'connections:edit');
	const row = await scope.tx((tx) => connectionOf(tx, id));
	const answer = await ask(accessTo(row, key));
	await scope.tx(async (tx) => {
		await tx
			.update(connections)
			.set({ status: 'untested', ...sealedFor(row, key), ...told(answer) })
			.where(eq(connections.id, id));
		await audit(tx, scope, 'connection.key_replaced', id, { name: row.name });
	});
	return answer.check;
};

const isForeignKey = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code === '23503';

/** Removes a connection and its key. Refused while a project uses it, or a run or evaluation names it. */
export const removeConnection = async (scope: Scope, id: string): Promise<void> => {
	authorize(scope, 'connections:edit');
	try {
		await scope.tx(async (tx) => {
			const row = await connectionOf(tx, id);
			const users = await tx
				.select({ name: projects.name })
				.from(projects)
				.where(eq(projects.connectionId, id))
				.limit(4);
			if (users.length > 0) {
				const names =
					users
						.slice(0, 3)
						.map(({ name }) => `“${name}”`)
						.join(', ') + (users.length > 3 ? ' and others' : '');
				throw new AppError(
					'conflict',
					`${names} still use this connection. Choose another one in the settings of the project first.`
				);
			}
			await tx.delete(connections).where(eq(connections.id, id));
			await audit(tx, scope, 'connection.removed', id, { name: row.name, provider: row.provider });
		});
	} catch (problem) {
		if (!isForeignKey(problem)) throw problem;
		throw new AppError(
			'conflict',
			'Past runs or evaluations were made through this connection, so its record stays. Replace its key if it must not be used again.'
		);
	}
};
