import { eq } from 'drizzle-orm';
import { testEvent } from '../../contract/webhook-events.ts';
import { SendAgain, SendTest } from '../../contract/webhooks.ts';
import { AppError } from '../../core/errors.ts';
import { payloadOf } from '../../core/webhooks/payload.ts';
import { within } from '../access/limits.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { namesFor } from '../events/announce.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { webhookDeliveries } from '../platform/db/schema.ts';
import { deliveryTo, endpointOf } from './rows.ts';

/** By hand: whoever presses faster than this wants to annoy a server. */
const assertPatient = async ({ teamId }: Scope) => {
	if (await within(`webhook-hand:${teamId}`, { most: 60, perSeconds: 3600 })) return;
	throw new AppError('rate_limited', 'This team has sent sixty by hand within the hour. Wait a while, then go on.');
};

/** A step: the webhook, if something can be sent to it now. */
const openEndpoint = async (tx: Tx, webhookId: string) => {
	const endpoint = await endpointOf(tx, webhookId, { lock: true });
	if (endpoint.state !== 'on')
		throw new AppError('conflict', 'Nothing is sent to this webhook. Switch it on first, then try again.');
	return endpoint;
};

/** Sends an event that says nothing, whatever else the webhook wants. */
export const sendTest = command(SendTest, async (scope, { webhookId }) => {
	await assertPatient(scope);
	return scope.tx(async (tx) => {
		const { name, projectIds } = await openEndpoint(tx, webhookId);
		const about = { ...(await namesFor(tx, null)), subject: webhookId, details: { name } };
		const body = payloadOf(testEvent, new Date(), about);
		const [made] = await tx
			.insert(webhookDeliveries)
			.values({ endpointId: webhookId, projectIds, event: testEvent, body })
			.returning({ id: webhookDeliveries.id });
		await enqueue(tx, 'delivery.send', { deliveryId: made!.id });
		await record(tx, scope, { event: 'webhook.tested', subject: webhookId, details: { name } });
		return { deliveryId: made!.id };
	});
});

/** Sends something again, the same bytes under the same id: a receiver that has had it can tell. */
export const sendAgain = command(SendAgain, async (scope, { webhookId, deliveryId }) => {
	await assertPatient(scope);
	await scope.tx(async (tx) => {
		const { name } = await openEndpoint(tx, webhookId);
		const { state, tries, event } = await deliveryTo(tx, webhookId, deliveryId);
		if (state === 'waiting' && tries === 0) return; // it is about to be sent
		await tx
			.update(webhookDeliveries)
			.set({ state: 'waiting', tries: 0, nextAt: new Date() })
			.where(eq(webhookDeliveries.id, deliveryId));
		await enqueue(tx, 'delivery.send', { deliveryId }, { hasten: true });
		await record(tx, scope, { event: 'webhook.sent_again', subject: webhookId, details: { name, event } });
	});
});
