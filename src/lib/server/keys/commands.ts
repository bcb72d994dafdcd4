import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { CreateKey, RevokeKey, RollKey } from '../../contract/keys.ts';
import { AppError } from '../../core/errors.ts';
import { keyHint } from '../../core/keys/key.ts';
import { keyRolls, keyState, keyWorks, mostKeys } from '../../core/keys/rules.ts';
import { newKey } from '../access/keys.ts';
import { within } from '../access/limits.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { apiKeys } from '../platform/db/schema.ts';
import { placeOf } from '../team/rows.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

const keyOf = async (tx: Tx, id: string) => {
	const [key] = await tx.select().from(apiKeys).where(eq(apiKeys.id, id)).for('update');
	if (!key) throw new AppError('not_found', 'There is no such key in this team.');
	return key;
};

/** Stops where the team has as many keys as anybody can look through. Those who make some at once wait for each other. */
const assertRoom = async (tx: Tx, scope: Scope) => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${scope.teamId}, 9))`);
	const working = await tx.$count(apiKeys, and(isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, new Date())));
	if (working >= mostKeys)
		throw new AppError(
			'conflict',
			`The team has ${mostKeys} keys that work. End one that nobody needs, then make this one.`
		);
};

const mayMake = async ({ teamId }: Scope) => {
	if (await within(`keys:${teamId}`, { most: 100, perSeconds: 3600 })) return;
	throw new AppError('rate_limited', 'This team has made a hundred keys within the hour. Wait a while, then go on.');
};

const cannotRoll = {
	over: 'This key is over. Make a new one instead.',
	rolled: 'This key was rolled before: there is another in its place. Roll that one, or end this.'
};

/** Makes a key and shows it this once. */
export const createKey = command(CreateKey, async (scope, { name, role, projectIds, days }) => {
	await mayMake(scope);
	const { key, hash } = newKey();
	return scope.tx(async (tx) => {
		await assertRoom(tx, scope);
		const { projectIds: chosen } = await placeOf(tx, { role, projectIds });
		const hint = keyHint(key);
		const expiresAt = new Date(Date.now() + days * dayMs);
		const [made] = await tx
			.insert(apiKeys)
			.values({ name, role, projectIds: chosen, hash, hint, createdBy: scope.userId, expiresAt })
			.returning({ id: apiKeys.id });
		await record(tx, scope, {
			event: 'key.created',
			subject: made!.id,
			details: { name, hint, role, projectIds: chosen, expiresAt: expiresAt.toISOString() }
		});
		return { id: made!.id, key };
	});
});

/**
 * Makes a key with the same name, rights and life in place of one that works. The old one works on for the grace time, at most
 * as long as it would have anyway; without one it ends at once, also where the team has no room for another.
 */
export const rollKey = command(RollKey, async (scope, { keyId, graceHours }) => {
	await mayMake(scope);
	const { key, hash } = newKey();
	return scope.tx(async (tx) => {
		const now = new Date();
		const old = await keyOf(tx, keyId);
		const state = keyState(old, now);
		if (!keyRolls(state)) throw new AppError('conflict', cannotRoll[state === 'rolled' ? 'rolled' : 'over']);
		const end = new Date(Math.min(now.getTime() + graceHours * hourMs, old.expiresAt.getTime()));
		await tx
			.update(apiKeys)
			.set({ rolledAt: now, ...(graceHours === 0 ? { revokedAt: now } : { expiresAt: end }) })
			.where(eq(apiKeys.id, keyId));
		await assertRoom(tx, scope);
		const { name, role, projectIds, hint } = old;
		const life = old.expiresAt.getTime() - old.createdAt.getTime();
		const newHint = keyHint(key);
		const [made] = await tx
			.insert(apiKeys)
			.values({
				name,
				role,
				projectIds,
				hash,
				hint: newHint,
				createdBy: scope.userId,
				expiresAt: new Date(now.getTime() + life)
			})
			.returning({ id: apiKeys.id });
		const newId = made!.id;
		const details = { name, hint, graceHours, newKey: newId, newHint };
		await record(tx, scope, { event: 'key.rolled', subject: keyId, details });
		return { id: newId, key };
	});
});

/** Ends a key at once: its next request is refused, and what is open with it ends within seconds. */
export const revokeKey = command(RevokeKey, (scope, { keyId }) =>
	scope.tx(async (tx) => {
		const now = new Date();
		const key = await keyOf(tx, keyId);
		if (!keyWorks(keyState(key, now))) return;
		await tx.update(apiKeys).set({ revokedAt: now }).where(eq(apiKeys.id, keyId));
		await record(tx, scope, { event: 'key.revoked', subject: keyId, details: { name: key.name, hint: key.hint } });
	})
);
