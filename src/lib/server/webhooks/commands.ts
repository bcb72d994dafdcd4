import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import {
	CreateWebhook,
	PauseWebhook,
	RemoveWebhook,
	ResumeWebhook,
	RollSecret,
	UpdateWebhook
} from '../../contract/webhooks.ts';
import { AppError } from '../../core/errors.ts';
import { mostWebhooks } from '../../core/webhooks/rules.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { config } from '../platform/config.ts';
import { webhookEndpoints } from '../platform/db/schema.ts';
import { assertPublicUrl } from '../providers/safe-fetch.ts';
import { placeOf } from '../team/rows.ts';
import { type Endpoint, endpointOf, hostOf, shown } from './rows.ts';
import { newSecret, sealedFor } from './secret.ts';

/** Throws *invalid* under `url` for a place we may not call. It is asked again at every connection. */
const assertCallable = async (url: string) =>
	void (await assertPublicUrl(url, { allowLocal: config().allowLocalProviders, field: 'url' }));

/** A step: the projects it is limited to; null is all. Whoever sees only some cannot have more than those sent. */
const limitOf = async (tx: Tx, scope: Scope, wanted: string[] | null) => {
	const { projectIds } = await placeOf(tx, { role: 'trainer', projectIds: wanted });
	return projectIds ?? (scope.projectIds === 'all' ? null : scope.projectIds);
};

/** Stops where there are as many as anybody can look through. Those who make some at once wait for each other. */
const assertRoom = async (tx: Tx, scope: Scope) => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${scope.teamId}, 10))`);
	if ((await tx.$count(webhookEndpoints)) >= mostWebhooks)
		throw new AppError(
			'conflict',
			`The team has ${mostWebhooks} webhooks. Remove one that nobody needs, then make this one.`
		);
};

/** Has chosen events sent to an address, and shows once the secret that signs them. */
export const createWebhook = command(CreateWebhook, async (scope, { name, url, events, projectIds }) => {
	await assertCallable(url);
	const place = { teamId: scope.teamId, id: randomUUID() };
	const secret = newSecret();
	const facts = { name: name || hostOf(url), events: [...new Set(events)] };
	return scope.tx(async (tx) => {
		await assertRoom(tx, scope);
		await tx.insert(webhookEndpoints).values({
			id: place.id,
			url,
			...facts,
			projectIds: await limitOf(tx, scope, projectIds),
			sealedSecret: sealedFor(place, secret),
			createdBy: scope.userId
		});
		const details = { ...facts, host: hostOf(url) };
		await record(tx, scope, { event: 'webhook.created', subject: place.id, details });
		return { id: place.id, secret };
	});
});

/** Changes where it leads or what is sent there, from the next event on. What is on its way goes to the new address. */
export const updateWebhook = command(UpdateWebhook, async (scope, { webhookId, ...change }) => {
	if (change.url !== undefined) await assertCallable(change.url);
	return scope.tx(async (tx) => {
		const before = await endpointOf(tx, webhookId, { lock: true });
		const url = change.url ?? before.url;
		const facts = {
			name: change.name === undefined ? before.name : change.name || hostOf(url),
			events: [...new Set(change.events ?? before.events)]
		};
		const projectIds =
			change.projectIds === undefined ? before.projectIds : await limitOf(tx, scope, change.projectIds);
		const [after] = await tx
			.update(webhookEndpoints)
			.set({ ...facts, url, projectIds })
			.where(eq(webhookEndpoints.id, webhookId))
			.returning();
		const details = { ...facts, host: hostOf(url) };
		await record(tx, scope, { event: 'webhook.changed', subject: webhookId, details });
		return shown(after!);
	});
});

/** Makes a new secret. The old one signs as well for the overlap; one that was still signing from before ends now. */
export const rollSecret = command(RollSecret, (scope, { webhookId, overlapHours }) =>
	scope.tx(async (tx) => {
		const before = await endpointOf(tx, webhookId, { lock: true });
		const secret = newSecret();
		const overlaps = overlapHours > 0;
		await tx
			.update(webhookEndpoints)
			.set({
				sealedSecret: sealedFor(before, secret),
				sealedOldSecret: overlaps ? before.sealedSecret : null,
				oldSecretUntil: overlaps ? new Date(Date.now() + overlapHours * 3_600_000) : null
			})
			.where(eq(webhookEndpoints.id, webhookId));
		const details = { name: before.name, overlapHours };
		await record(tx, scope, { event: 'webhook.secret_rolled', subject: webhookId, details });
		return { id: webhookId, secret };
	})
);

/** A step: writes columns of a webhook. */
const change = (tx: Tx, { id }: Endpoint, columns: Partial<Endpoint>) =>
	tx.update(webhookEndpoints).set(columns).where(eq(webhookEndpoints.id, id));

/** Sends nothing until somebody resumes it. What waits is dropped when its turn comes. */
export const pauseWebhook = command(PauseWebhook, (scope, { webhookId }) =>
	scope.tx(async (tx) => {
		const row = await endpointOf(tx, webhookId, { lock: true });
		if (row.state === 'off') throw new AppError('conflict', 'This webhook is switched off already.');
		await change(tx, row, { state: 'paused' });
		await record(tx, scope, { event: 'webhook.paused', subject: webhookId, details: { name: row.name } });
	})
);

/** Begins anew, as if nothing had failed. */
export const resumeWebhook = command(ResumeWebhook, (scope, { webhookId }) =>
	scope.tx(async (tx) => {
		const row = await endpointOf(tx, webhookId, { lock: true });
		await change(tx, row, { state: 'on', reason: null, mailedAt: null, failingSince: null, restsUntil: null });
		await record(tx, scope, { event: 'webhook.resumed', subject: webhookId, details: { name: row.name } });
	})
);

/** Removes it with its secret and its log. */
export const removeWebhook = command(RemoveWebhook, (scope, { webhookId }) =>
	scope.tx(async (tx) => {
		const { name, url } = await endpointOf(tx, webhookId, { lock: true });
		await tx.delete(webhookEndpoints).where(eq(webhookEndpoints.id, webhookId));
		await record(tx, scope, { event: 'webhook.removed', subject: webhookId, details: { name, host: hostOf(url) } });
	})
);
